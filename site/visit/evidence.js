/** “See for yourself”: what was asked of the network, what was sent, and the rule that holds. */
import { byId, make } from "../dom.js";
import { asked, isWatched } from "./witness.js";
import { words } from "../words.js";

const POLICY = "Content-Security-Policy";

/** @returns {Promise<string>} the policy of this page, as the browser got it */
async function policy() {
  const response = await fetch(location.pathname);
  return response.headers.get(POLICY) ?? "";
}

/** Opens the dialog with what is known now. */
export async function showEvidence() {
  const dialog = byId("evidence");
  dialog.showModal();
  const rule = await policy().catch(() => "");
  const requests = asked();
  const elsewhere = requests.filter(({ foreign }) => foreign).length;
  const sent = requests.reduce((sum, one) => sum + one.sent, 0);
  const lines = [
    elsewhere ? words.visit.elsewhere(elsewhere) : words.visit.allHome(location.origin),
    ...(isWatched() ? [] : [words.visit.notWatched]),
    words.visit.own,
    words.visit.check,
    rule ? words.visit.policy : words.visit.noPolicy,
  ];
  byId("evidence-sum").textContent = words.visit.sent(requests.length, sent);
  byId("evidence-lines").replaceChildren(...lines.map((line) => make("p", {}, line)));
  byId("evidence-rule").textContent = rule.split(";").map((part) => part.trim()).join("\n");
  byId("evidence-rule").hidden = !rule;
  byId("evidence-list").replaceChildren(...requests.map(({ address }) => make("li", {}, shortened(address))));
}

/** @returns {string} an address of this site without its origin */
function shortened(address) {
  const url = new URL(address);
  return url.origin === location.origin ? url.pathname : url.href;
}
