/** A receipt, in plain words. */
import { words } from "../words.js";
import { outcome, provider, providerName } from "./doing.js";
import { bytes, seconds } from "./numbers.js";
import { sentence } from "./python.js";

const FORMATS = { "image/png": "PNG", "image/webp": "WebP", "image/avif": "AVIF", "image/jpeg": "JPEG" };
const WITHIN = /^within (\d+)$/;

/** Shorter times are not worth a word. */
const WORTH_TELLING_MS = 50;

/** @returns {string} "1.4 s on its first run, and 0.8 s to load the model" */
function duration({ milliseconds, provider: { first_run: first }, bytes: { network } }) {
  const { total, model, warmup } = milliseconds;
  const told = words.receipt;
  const took = seconds(total - model - warmup);
  const load = network ? told.toFetchModel : told.toLoadModel;
  const setUp = [
    model >= WORTH_TELLING_MS && load(seconds(model)),
    warmup >= WORTH_TELLING_MS && told.toCheckModel(seconds(warmup)),
  ].filter(Boolean);
  return [first ? told.onFirstRun(took) : took, setUp.join(told.and)].filter(Boolean).join(told.commaAnd);
}

/** @returns {string} the name of a receipt's model, for people */
function titleOf({ id, title }) {
  return words.python.models[id]?.title ?? title;
}

/** @returns {string} "WebAssembly, 2 threads · U²-Netp · 1.4 s, and 0.8 s to load the model" */
export function ran(receipt) {
  return [provider(receipt.provider), titleOf(receipt.model), duration(receipt)].join(" · ");
}

/** @returns {string} why, from the engine's own words, which start with a code where there is one */
function because(cause) {
  const code = cause.match(/^[\w-]+(?=:)/)?.[0] ?? "";
  return outcome(code, cause) ?? cause.trim().split("\n")[0];
}

/**
 * @param {object} receipt
 * @param {(id: string) => string} title of a model
 * @returns {string} what failed before it worked; empty when nothing did
 */
export function retries(receipt, title) {
  const { model, provider: { ran: name, threads } } = receipt;
  const again = (one) => one.model === model.id && one.provider === name && one.threads === threads;
  const failed = receipt.retries.filter((one) => !again(one)).map((one) => {
    const where = providerName(one);
    const who = one.model === model.id ? where : words.receipt.onProvider(title(one.model), where);
    return `${who} (${because(one.cause)})`;
  });
  return [
    failed.length ? words.receipt.failedFirst(failed.join("; ")) : "",
    // The same step twice: its weights seemed damaged.
    receipt.retries.some(again) ? words.receipt.fetchedAgain(titleOf(model)) : "",
  ].filter(Boolean).join(" ");
}

/** @returns {string} why a person should look at this cutout; empty when nothing is doubtful */
export function check({ uncertainty: { check: worth, reason } }) {
  return worth ? words.receipt.check(sentence(reason)) : "";
}

/** Python says "exact" or "within 4". */
function within(said) {
  const [, steps] = said.match(WITHIN) ?? [];
  return steps ? words.receipt.within(steps) : words.receipt[said] ?? said;
}

/** @returns {string} "alpha verified exact, 99 % of the colours within 4 of 255" */
function verified({ alpha, colour }, format) {
  if (alpha === "exact" && colour === "exact") return words.receipt.allExact;
  const colours = words.receipt.colours(within(colour));
  const { verified: whole, alphaVerified } = words.receipt;
  return format === "image/jpeg" ? whole(colours) : alphaVerified(within(alpha), colours);
}

/** @returns {string} "4000 × 3000 · PNG, 6.1 MB · alpha and colour verified exact" */
export function fileFacts({ file, verification }) {
  return [
    `${file.width} × ${file.height}`,
    `${FORMATS[file.format]}, ${bytes(file.bytes)}`,
    verified(verification, file.format),
  ].join(" · ");
}
