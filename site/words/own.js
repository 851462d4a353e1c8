/** What is said while somebody brings a model of their own. */
import { words } from "../words.js";
import { providerName } from "./doing.js";
import { bytes, seconds } from "./numbers.js";

/** @returns {string} "176 MB from example.org · SHA-256 8d10d2f3bb75ae3b…" */
export function ownFacts({ bytes: count, source, sha256 }) {
  return words.own.facts(bytes(count), source, sha256.slice(0, 16));
}

/** @returns {string} "input: float32, 1 × 3 × 1024 × 1024" */
export function ownTensor({ name, type, shape }) {
  return `${name}: ${type}, ${shape.join(" × ")}`;
}

/** @returns {string} "0.8 s · WebAssembly, 2 threads" */
export function ownRan({ milliseconds, provider, threads }) {
  const ran = typeof provider === "string" ? { provider, threads } : provider;
  const name = ran.threads ? providerName(ran) : words.engine.providers[ran.provider] ?? ran.provider;
  return `${seconds(milliseconds)} · ${name}`;
}
