/**
 * Every message between the three threads, by name.
 *
 *     page ──PYTHON──▶ python worker ──INFERENCE──▶ inference worker
 *
 * How a call travels (request, notes, one reply) is the business of calls.js. Buffers are
 * always transferred, never cloned; blobs are handles and cost nothing to pass.
 */

/** What the page asks of the python worker. */
export const PYTHON = Object.freeze({
  /** `{ build, root, settings }` → `{ idleSeconds }`; boots Pyodide and the inference worker. Notes: progress. */
  start: "start",
  /** `{ job, photo: Blob, options }` → `{ blob, receipt }`. Notes: progress. */
  removeBackground: "removeBackground",
  /** `{ photo: Blob }` (a cutout of ours) → `Blob`, the matte as a grey PNG. */
  mask: "mask",
  /** `{ job, options }` → `{ model, provider }`, loaded and warm. Notes: progress. */
  prepare: "prepare",
  /** `{ job }` → nothing; the job ends with the code `"cancelled"`. */
  cancel: "cancel",
  /** → facts about the device and what policy makes of them. */
  device: "device",
  /** → what is known about this device and what happened on it. */
  diagnostics: "diagnostics",
  /** → the tiers, the recommended one and why. */
  tiers: "tiers",
  /** → the registry's models with what is stored of each. */
  models: "models",
  /** → `[{ id, bytes, stored }]`, bytes really kept. */
  storeList: "storeList",
  /** `{ job, id }` → nothing; fetches a model without running it. `cancel` pauses. Notes: progress. */
  storeFetch: "storeFetch",
  /** `{ id }` → nothing. */
  storeDelete: "storeDelete",
  /** → nothing. */
  storeClear: "storeClear",
});

/** What the python worker asks of the inference worker. It sees tensors and model ids, never files. */
export const INFERENCE = Object.freeze({
  /** `{ build, root }` → nothing; imports ONNX Runtime. */
  start: "start",
  /** → the facts of `values.Device`. */
  device: "device",
  /** `{ model, provider, threads }` → `{ network, store, kept, milliseconds }`. Notes: `{ done, total }` bytes. */
  load: "load",
  /** `{ model, feeds: { name: { data, shape } }, outputs: [name] }` → `{ outputs, milliseconds }`. */
  run: "run",
});

/**
 * One step of progress, as it reaches the page.
 * @typedef {{ stage: string, done: number, total: number, unit: "bytes" | "step", model: string }} Progress
 */
