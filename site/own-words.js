/** What is said while somebody brings a model of their own. */
import { bytes, bytesOf, pace, providerName, seconds } from "./words.js";

/** @returns {string} "12.4 of 47.3 MB · 3.2 MB/s · 11 s left"; the server need not tell the whole */
export function ownArriving({ done, total }, rate) {
  return total ? bytesOf(done, total) + pace(rate, total - done) : bytes(done);
}

/** @returns {string} "176 MB from example.org · SHA-256 8d10d2f3bb75ae3b…" */
export function ownFacts({ bytes: count, source, sha256 }) {
  return `${bytes(count)} from ${source} · SHA-256 ${sha256.slice(0, 16)}…`;
}

/** @returns {string} "input: float32, 1 × 3 × 1024 × 1024" */
export function ownTensor({ name, type, shape }) {
  return `${name}: ${type}, ${shape.join(" × ")}`;
}

/** @returns {string} "0.8 s · WebAssembly, 2 threads" */
export function ownRan({ milliseconds, provider, threads }) {
  const ran = typeof provider === "string" ? { provider, threads } : provider;
  const name = ran.threads ? providerName(ran) : providerName({ ...ran, threads: 1 }).split(",")[0];
  return `${seconds(milliseconds)} · ${name}`;
}

export const ownSaid = {
  fetching: "Fetching the model",
  reading: "Reading the model",
  trying: "Trying it on a small photo",
  nothing: "Give an address that begins with https://, or choose a file.",
  numbers: (label) => `${label} takes three numbers, such as 0.485, 0.456, 0.406.`,
  number: (label) => `${label} takes a whole number above zero.`,
  cancelled: "Cancelled.",
  discarded: "Discarded. Nothing of it is kept.",
  accepted: (title) => `${title} is kept on this device, marked “yours, not audited”.`,
  unexpected: "Something went wrong that should not have. Try again.",
};
