/** What the engine is and does, in plain words. */
import { isStored } from "../catalogue.js";
import { words } from "../words.js";
import { bytes, roughly } from "./numbers.js";

const OUT_OF_MEMORY = /out of memory|bad_alloc|allocation failed|RangeError/i;
const DEVICE_LOST = /device (is|was)? ?lost|lost device/i;

/** @returns {string} "WebAssembly, 2 threads" */
export function providerName({ provider, threads }) {
  const name = words.engine.providers[provider] ?? provider;
  return provider === "webgpu" ? name : words.engine.withThreads(name, threads);
}

/** @returns {string} "WebAssembly, 2 threads", for what a receipt says of its provider */
export function provider({ ran, threads }) {
  return providerName({ provider: ran, threads });
}

/**
 * @param {string} code how an attempt ended
 * @param {string} [cause] the engine's own words
 * @returns {string | undefined} in plain words; undefined for a code that is not known here
 */
export function outcome(code, cause = "") {
  const { outcomes } = words.engine;
  if (OUT_OF_MEMORY.test(cause)) return outcomes["out-of-memory"];
  if (DEVICE_LOST.test(cause)) return outcomes["device-lost"];
  return outcomes[code];
}

/**
 * @param {{ stage: string, done: number, total: number }} progress
 * @param {{ title: string, bytes: number, stored: number } | null} model that it is about, where there is one
 * @returns {string} what is going on, in plain words
 */
export function stage(progress, model) {
  const { engine } = words;
  if (progress.stage !== "model") {
    const doing = engine.stages[progress.stage] ?? engine.working;
    return model ? engine.doingWith(doing, model.title) : doing;
  }
  const name = model?.title ?? engine.theModel;
  if (progress.total > 0 && progress.done >= progress.total) return engine.starting(name);
  return model && isStored(model) ? engine.opening(name) : engine.fetching(name);
}

/**
 * @param {import("../rate.js").Rate} rate
 * @param {number} missing bytes
 * @returns {string} " · 3.2 MB/s · 11 s left"; empty as long as nobody can tell
 */
export function pace(rate, missing) {
  const left = rate.left(missing);
  if (left === null) return "";
  return words.numbers.pace(bytes(rate.perSecond), shortly(left));
}

/** To the second at the end: the bytes that are missing are known. */
function shortly(left) {
  const { second, minute } = words.numbers;
  return left < 90 ? `${Math.ceil(left)} ${second}` : `${Math.round(left / 60)} ${minute}`;
}

/** @returns {string} "about 2 min left"; empty as long as nobody can tell */
export function timeLeft(left) {
  return left === null ? "" : words.numbers.aboutLeft(roughly(left));
}

/** @returns {string[]} a line each: what this machine has, and what follows from it */
export function deviceFacts({ webgpu, cores, memory, bundle, reason }) {
  const { engine } = words;
  const graphics = webgpu ? (webgpu.software ? engine.webgpuInSoftware : engine.webgpuThere) : engine.noWebgpu;
  const has = [graphics, engine.cores(cores), memory ? engine.memory(memory) : "", `ONNX Runtime ${bundle}`];
  return [has.filter(Boolean).join(" · "), reason].filter(Boolean);
}

/** @returns {string} why only one thread can run here; empty when threads work */
export function singleThread() {
  const { engine } = words;
  if (globalThis.crossOriginIsolated) return globalThis.SharedArrayBuffer ? "" : engine.notShared;
  if (!globalThis.isSecureContext) return engine.plainHttp;
  return globalThis.crossOriginIsolated === undefined ? engine.neverIsolated : engine.notIsolated;
}
