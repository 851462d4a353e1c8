/** Every sentence the scripts say, and how numbers are written. */

const SCALES = [["GB", 1e9, 1], ["MB", 1e6, 1], ["kB", 1e3, 0]];
const PROVIDERS = { webgpu: "WebGPU", wasm: "WebAssembly", cpu: "Processor" };
const COMMERCIAL = {
  yes: "Commercial use allowed",
  no: "No commercial use",
  unclear: "Commercial use unclear",
};
const STAGES = {
  boot: "Getting ready",
  read: "Reading the photo",
  segment: "Finding the subject",
  refine: "Shaping the edge",
  cut: "Cutting out",
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

/** @returns {string} "1.4 s" */
export function seconds(milliseconds) {
  return `${decimal(milliseconds / 1000, 1)} s`;
}

/** @returns {string} "WebAssembly, 2 threads" */
export function provider({ ran, threads }) {
  const name = PROVIDERS[ran] ?? ran;
  if (ran === "webgpu") return name;
  return `${name}, ${threads === 1 ? "1 thread" : `${threads} threads`}`;
}

/** @returns {string[]} a line each: "Commercial use allowed · on this device", the licence, the note */
export function modelFacts(model) {
  const use = COMMERCIAL[model.commercial] ?? model.commercial;
  const here = model.stored >= model.bytes ? " · on this device" : "";
  return [use + here, `Licence ${model.licence}`, model.note].filter(Boolean);
}

/**
 * @param {{ stage: string, done: number, total: number }} progress
 * @param {{ title: string, stored: boolean } | null} model being loaded, where it is known
 * @returns {string} what is going on, in plain words
 */
export function stage(progress, model) {
  if (progress.stage !== "model") return STAGES[progress.stage] ?? "Working";
  const name = model?.title ?? "the model";
  if (progress.total > 0 && progress.done >= progress.total) return `Starting ${name}`;
  return `${model?.stored ? "Opening" : "Fetching"} ${name}`;
}

/** @returns {string} "WebAssembly, 2 threads · U²-Netp · 1.4 s" */
export function ran(receipt) {
  return [provider(receipt.provider), receipt.model.title, seconds(receipt.milliseconds.total)].join(" · ");
}

/** @returns {string} a sentence for every provider that failed first; empty when none did */
export function retries(receipt) {
  return receipt.retries
    .map((one) => `${PROVIDERS[one.provider] ?? one.provider} failed (${one.cause}), so it was done again.`)
    .join(" ");
}

/** @returns {string} "4000 × 3000 · PNG, 6.1 MB · alpha and colour verified exact" */
export function fileFacts({ file, verification }) {
  const exact = verification.alpha === "exact" && verification.colour === "exact";
  return [
    `${file.width} × ${file.height}`,
    `${file.format.replace("image/", "").toUpperCase()}, ${bytes(file.bytes)}`,
    exact ? "alpha and colour verified exact" : `alpha ${verification.alpha}, colour ${verification.colour}`,
  ].join(" · ");
}

/** @returns {string[]} a line each: what this machine has, and what follows from it */
export function deviceFacts({ webgpu, cores, memory, bundle, reason }) {
  const graphics = webgpu ? (webgpu.software ? "WebGPU in software only" : "WebGPU available") : "No WebGPU";
  const has = [
    graphics,
    cores === 1 ? "1 core" : `${cores} cores`,
    memory ? `${memory} GB of memory or more` : "",
    `ONNX Runtime ${bundle}`,
  ].filter(Boolean).join(" · ");
  return [has, reason].filter(Boolean);
}

/** @returns {string} why only one thread can run here; empty when threads work */
export function singleThread() {
  if (globalThis.crossOriginIsolated) return "";
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
  copy: "Copy",
  automatic: "Automatic",
  unavailable: "not available here",
  automaticModel: "The best model for this device, chosen when the photo is read.",
  oneAtATime: "One photo at a time: the first one was taken.",
  noFile: "Nothing that could be read was dropped. Save the picture first, then drop the file.",
  notImage: (name) => `“${name}” is not a photo. Choose a JPEG, PNG, WebP or another image file.`,
  unknown: "Something went wrong that should not have. The photo is unharmed: try again, or reload the page.",
  at: (percent) => `Photo ${percent} %, cutout ${100 - percent} %`,
};
