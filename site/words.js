/** Every sentence the scripts say, and how numbers are written. */

const SCALES = [["GB", 1e9, 1], ["MB", 1e6, 1], ["kB", 1e3, 0]];
const PROVIDERS = { webgpu: "WebGPU", wasm: "WebAssembly", cpu: "Processor", python: "Python" };
const OUTCOMES = {
  ok: "worked",
  timeout: "no answer in time",
  "load-failed": "could not be loaded",
  "run-failed": "broke off",
  "worker-died": "its worker died",
  "worker-ended": "its worker was ended",
  "unusable-mask": "no usable mask",
  "wrong-answer": "wrong answer to a known question",
};
const OUT_OF_MEMORY = /out of memory|bad_alloc|allocation failed|RangeError/i;
const DEVICE_LOST = /device (is|was)? ?lost|lost device/i;
const STAGES = {
  boot: "Getting ready",
  read: "Reading the photo",
  segment: "Finding the subject",
  refine: "Shaping the edge",
  cut: "Cutting out",
  compose: "Putting the picture together",
  encode: "Writing the file",
  verify: "Checking the file",
};

const formats = new Map();

/** @returns {string} the number with exactly so many decimals, as this language writes it */
function decimal(value, digits) {
  if (!formats.has(digits)) {
    formats.set(digits, new Intl.NumberFormat(undefined,
      { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return formats.get(digits).format(value);
}

function scaleFor(bytes) {
  return SCALES.find(([, size]) => bytes >= size) ?? ["bytes", 1, 0];
}

/** @returns {string} "4.6 MB" */
export function bytes(count) {
  const [unit, size, digits] = scaleFor(count);
  return `${decimal(count / size, digits)} ${unit}`;
}

/** @returns {string} "12.4 of 47.3 MB": both numbers in the total's unit */
export function bytesOf(done, total) {
  const [unit, size, digits] = scaleFor(total);
  return `${decimal(done / size, digits)} of ${decimal(total / size, digits)} ${unit}`;
}

/** @returns {string} "4,574,861 bytes" */
export function exactly(count) {
  return `${decimal(count, 0)} bytes`;
}

/**
 * @param {import("./rate.js").Rate} rate
 * @param {number} missing bytes
 * @returns {string} " · 3.2 MB/s · 11 s left"; empty as long as nobody can tell
 */
export function pace(rate, missing) {
  const left = rate.left(missing);
  if (left === null) return "";
  const time = left < 90 ? `${Math.ceil(left)} s` : `${Math.round(left / 60)} min`;
  return ` · ${bytes(rate.perSecond)}/s · ${time} left`;
}

/** @returns {string} "1.4 s", "12 s" */
export function seconds(milliseconds) {
  return `${decimal(milliseconds / 1000, milliseconds < 9950 ? 1 : 0)} s`;
}

/** @returns {string} "4.0 GB": memory, as the makers of memory count it */
export function gibibytes(size) {
  return `${decimal(size / 2 ** 30, 1)} GB`;
}

/** @returns {string} "1 core", "2 cores" */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** @returns {string} "WebAssembly, 2 threads" */
export function providerName({ provider, threads }) {
  const name = PROVIDERS[provider] ?? provider;
  return provider === "webgpu" ? name : `${name}, ${count(threads, "thread")}`;
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
  if (OUT_OF_MEMORY.test(cause)) return "out of memory";
  if (DEVICE_LOST.test(cause)) return "the graphics processor was lost";
  return OUTCOMES[code];
}

/** @returns {boolean} whether all of a model is stored */
export function isStored(model) {
  return model.stored >= model.bytes;
}

/**
 * @param {{ stage: string, done: number, total: number }} progress
 * @param {{ title: string, bytes: number, stored: number } | null} model that it is about, where there is one
 * @returns {string} what is going on, in plain words
 */
export function stage(progress, model) {
  if (progress.stage !== "model") {
    const doing = STAGES[progress.stage] ?? "Working";
    return model ? `${doing} with ${model.title}` : doing;
  }
  const name = model?.title ?? "the model";
  if (progress.total > 0 && progress.done >= progress.total) return `Starting ${name}`;
  return `${model && isStored(model) ? "Opening" : "Fetching"} ${name}`;
}

/** @returns {string[]} a line each: what this machine has, and what follows from it */
export function deviceFacts({ webgpu, cores, memory, bundle, reason }) {
  const graphics = webgpu ? (webgpu.software ? "WebGPU in software only" : "WebGPU available") : "No WebGPU";
  const has = [
    graphics,
    count(cores, "core"),
    memory ? `${memory} GB of memory or more` : "",
    `ONNX Runtime ${bundle}`,
  ].filter(Boolean).join(" · ");
  return [has, reason].filter(Boolean);
}

/** @returns {string} why only one thread can run here; empty when threads work */
export function singleThread() {
  if (globalThis.crossOriginIsolated) {
    if (globalThis.SharedArrayBuffer) return "";
    return "Single thread: this browser shares no memory between threads, so models run more slowly.";
  }
  if (!globalThis.isSecureContext) {
    return "Single thread: this page came over plain http. Open it over https or from localhost to use all cores.";
  }
  if (globalThis.crossOriginIsolated === undefined) {
    return "Single thread: this browser cannot isolate pages, so models run more slowly.";
  }
  return "Single thread: the server did not isolate this page (COOP and COEP headers), so models run more slowly. Reloading once may help.";
}

export const words = {
  ready: "Ready",
  notReady: "Not ready",
  done: "Cutout ready",
  cancelled: "Cancelled",
  failed: "No cutout made",
  startAgain: "Start again",
  tryAgain: "Try again",
  runAgain: "Run again",
  copied: "Copied",
  fetchingAhead: (title) => `Ready. Fetching ${title} ahead`,
  noReport: "The engine does not answer, so there is nothing to report. Reload the page.",
  noneYet: "No cutout yet",
  waiting: "Waiting for its turn",
  undo: "Undone",
  redo: "Redone",
  firstLook: "First look: a better model is still at work.",
  changedSince: "Changed: it is written anew when you save it.",
  salvage: "Use what is there",
  noFile: "Nothing that could be read was dropped. Save the picture first, then drop the file.",
  notImage: (name) => `“${name}” is not a photo. Choose a JPEG, PNG, WebP or another image file.`,
  unknown: "Something went wrong that should not have. The photo is unharmed: try again, or reload the page.",
  at: (percent) => `Photo ${percent} %, cutout ${100 - percent} %`,
};

/** What the stage shows. */
export const views = {
  unseen: "No preview of this file",
  first: "First look",
  cutout: "Cutout",
  mask: "Mask",
  uncertainty: "Where it may be wrong",
  percent: (scale) => `${decimal(100 * scale, 0)} %`,
};

/** What is said of the ways out. */
export const saving = {
  copied: "Copied",
  noClipboard: (cause) => `The browser does not let this page put a picture on the clipboard (${cause}). Download it instead.`,
  pressAgain: "It is ready to be shared now: press Share once more.",
};
