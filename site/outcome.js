/** What came out: what really ran, what the file is, what should be looked at, the receipt. */
import { offerCopy } from "./copy.js";
import { byId, say } from "./dom.js";
import { check, fileFacts, ran, retries } from "./words/receipt.js";
import { words } from "./words.js";
import { sentence } from "./words/python.js";

export class Outcome {
  #receipt = byId("receipt");
  #title;

  /** @param {(id: string) => string} title of a model */
  constructor(title) {
    this.#title = title;
    offerCopy(byId("copy"), this.#receipt);
  }

  /** @param {import("./work.js").Work} work with a result */
  show(work) {
    const { receipt } = work.result;
    this.#receipt.textContent = JSON.stringify(receipt, null, 2);
    byId("details").hidden = false;
    say(byId("ran"), ran(receipt));
    say(byId("retries"), retries(receipt, this.#title));
    say(byId("facts"), work.isMade ? fileFacts(receipt) : words.studio.changedSince);
    // Never hidden, only empty: screen readers hear what comes into a region that they know.
    byId("notices").textContent = receipt.notices.map(sentence).join(" ");
    byId("check").textContent = check(receipt);
  }

  /** Forgets the last result. */
  clear() {
    byId("details").hidden = true;
    this.#receipt.textContent = "";
    byId("notices").textContent = "";
    byId("check").textContent = "";
    for (const id of ["ran", "retries", "facts"]) say(byId(id), "");
  }
}
