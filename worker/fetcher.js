/**
 * The fetcher: brings a model from a foreign address into the store, and does nothing else.
 *
 * It alone may connect to other servers (its own policy says so), therefore it never gets a photo:
 * it takes one address and one number, and refuses everything else. The page starts it when a
 * model is to be fetched and ends it afterwards.
 */
import { answer, Failure } from "./calls.js";
import { takeIn, tooLarge, webPage } from "./intake.js";
import { FETCHER } from "./messages.js";
import { Store } from "./store.js";

const ROOT = new URL("../../", import.meta.url).href;
/** An address is text, but nobody's photo fits in it. */
const LONGEST_ADDRESS = 4096;
/** How long an answer may take, and how long the browser may take to report that it blocked one. */
const ANSWER_PATIENCE_MS = 20_000;
const REPORT_PATIENCE_MS = 2000;
const QUIETLY = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" };

/** Set when the policy blocked a connection: an address that is, or leads on to one, without https. */
let blocked = false;
self.addEventListener("securitypolicyviolation", () => { blocked = true; });

answer({
  async [FETCHER.fetch](args, note) {
    const { url, limit } = checked(args);
    const response = await opened(url);
    if (response.headers.get("Content-Type")?.startsWith("text/html")) throw webPage();
    const total = Number(response.headers.get("Content-Length")) || 0;
    if (total > limit) throw tooLarge(limit);
    // A compressed answer is longer than it says: then nobody knows the total.
    const report = (done) => note({ done, total: done > total ? 0 : total });
    try {
      return await takeIn(response.body, new Store(ROOT), limit, report);
    } catch (error) {
      throw error instanceof Failure ? error : new Failure("network", "The connection broke in the middle of the model. Open it again.");
    }
  },
});

/** @returns {{ url: string, limit: number }} */
function checked(args) {
  const { url, limit, ...more } = args;
  const right = typeof url === "string" && url.length <= LONGEST_ADDRESS && Number.isFinite(limit);
  if (!right || Object.keys(more).length) throw new Failure("refused", "The fetcher takes an address and a number, nothing else.");
  if (!url.startsWith("https://")) throw new Failure("not-https", "The address must begin with https://.");
  return { url, limit };
}

async function opened(url) {
  let response;
  try {
    response = await fetch(url, { ...QUIETLY, mode: "cors" });
  } catch {
    throw await unreachable(url);
  }
  if (response.ok) return response;
  const told = `The server answered ${response.status}`;
  if (response.status >= 500) throw new Failure("network", `${told}. Try again later.`);
  throw new Failure("not-found", `${told}: there is no model at this address, or not for everyone.`);
}

/** Why nothing came. A failed fetch does not tell. */
async function unreachable(url) {
  const { host } = new URL(url);
  const reachable = await isReachable(url);
  if (blocked) return new Failure("not-https", `${host} leads on to an address that does not begin with https://.`);
  if (reachable) {
    return new Failure("no-cors", `${host} does not let other pages read this file: its answer lacks the header Access-Control-Allow-Origin. Download the file and open it from there.`);
  }
  return new Failure("network", `Nothing came from ${host}: either it cannot be reached, or it does not let other pages read this file (the header Access-Control-Allow-Origin). Check the address and the connection, or download the file and open it from there.`);
}

/**
 * Whether something answers there at all. A page that is isolated gets no answer that does not
 * allow it, yet browsers that can report say that there was one.
 */
async function isReachable(url) {
  const canReport = typeof ReportingObserver !== "undefined";
  let tell;
  const reported = new Promise((resolve) => { tell = resolve; });
  if (canReport) {
    new ReportingObserver((reports) => {
      if (reports.some(({ type }) => type === "coep")) tell(true);
    }).observe();
  }
  const signal = AbortSignal.timeout(ANSWER_PATIENCE_MS);
  fetch(url, { ...QUIETLY, mode: "no-cors", method: "HEAD", signal }).then(
    () => tell(true),
    // A report comes after the failure that it is about.
    () => (canReport ? setTimeout(tell, REPORT_PATIENCE_MS, false) : tell(false)),
  );
  return reported;
}
