/** A receipt, in plain words. */
import { bytes, outcome, provider, providerName, seconds } from "./words.js";

const FORMATS = { "image/png": "PNG", "image/webp": "WebP", "image/avif": "AVIF", "image/jpeg": "JPEG" };

/** Shorter times are not worth a word. */
const WORTH_TELLING_MS = 50;

/** @returns {string} "1.4 s on its first run, and 0.8 s to load the model" */
function duration({ milliseconds, provider: { first_run: first }, bytes: { network } }) {
  const { total, model, warmup } = milliseconds;
  const work = seconds(total - model - warmup) + (first ? " on its first run" : "");
  const setUp = [
    model >= WORTH_TELLING_MS && `${seconds(model)} to ${network ? "fetch and load" : "load"} the model`,
    warmup >= WORTH_TELLING_MS && `${seconds(warmup)} to check it`,
  ].filter(Boolean);
  return [work, setUp.join(" and ")].filter(Boolean).join(", and ");
}

/** @returns {string} "WebAssembly, 2 threads · U²-Netp · 1.4 s, and 0.8 s to load the model" */
export function ran(receipt) {
  return [provider(receipt.provider), receipt.model.title, duration(receipt)].join(" · ");
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
    const other = one.model === model.id ? "" : `${title(one.model)} on `;
    return `${other}${providerName(one)} (${because(one.cause)})`;
  });
  return [
    failed.length ? `Failed first: ${failed.join("; ")}.` : "",
    // The same step twice: its weights seemed damaged.
    receipt.retries.some(again) ? `${model.title} could not be read, so it was fetched again.` : "",
  ].filter(Boolean).join(" ");
}

/** @returns {string} why a person should look at this cutout; empty when nothing is doubtful */
export function check({ uncertainty: { check: worth, reason } }) {
  return worth ? `Check this one: ${reason}` : "";
}

/** @returns {string} "alpha verified exact, 99 % of the colours within 4 of 255" */
function verified({ alpha, colour }, format) {
  if (alpha === "exact" && colour === "exact") return "alpha and colour verified exact";
  const colours = `99 % of the colours ${colour} of 255`;
  return format === "image/jpeg" ? `verified: ${colours}` : `alpha verified ${alpha}, ${colours}`;
}

/** @returns {string} "4000 × 3000 · PNG, 6.1 MB · alpha and colour verified exact" */
export function fileFacts({ file, verification }) {
  return [
    `${file.width} × ${file.height}`,
    `${FORMATS[file.format]}, ${bytes(file.bytes)}`,
    verified(verification, file.format),
  ].join(" · ");
}
