/**
 * Every message between the threads, by name.
 *
 *     page ──PYTHON──▶ python worker ──INFERENCE──▶ inference worker
 *     page ──FETCHER─▶ fetcher
 *
 * How a call travels (request, notes, one reply) is the business of calls.js. Buffers are
 * always transferred, never cloned; blobs are handles and cost nothing to pass.
 */

/** What the page asks of the python worker. */
export const PYTHON = Object.freeze({
  /**
   * `{ build, root, settings, ahead }` → `{ idleSeconds }`; boots Pyodide and the inference worker, and with
   * `ahead` has the latter get ready what will be wanted. Notes: progress.
   */
  start: "start",
  /**
   * `{ job, photo: Blob, options, before, look }` → `{ blob, receipt, held }`; `before` is what `held` was
   * of a cutout of the same photo: while it is held only what changed options concern runs.
   * Notes: progress; with `look` also `{ look: { bitmap, width, height } }`, at most once.
   */
  removeBackground: "removeBackground",
  /**
   * `{ held, asked }` → `{ bitmap: ImageBitmap, width, height }`: a part of the picture as it would
   * become, and the whole one's size. In the edits of all options a path is one Float64Array: x, y and
   * pressure of each point.
   */
  view: "view",
  /** `{ held, options }` → `{ bytes }` that the file would have, about. */
  estimate: "estimate",
  /**
   * `{ job, held, asked: { points, box } }` → `{ candidates: [{ index, score, share, box, bitmap }],
   * milliseconds: { encode, decode } }`, best first. Notes: progress.
   */
  select: "select",
  /**
   * `{ held, asked: { edits } }` → `[{ x, y, box, share, drops, bitmap }]`: the separate subjects,
   * largest first, each with a thumbnail and the places in `edits` of what drops it.
   */
  subjects: "subjects",
  /**
   * `{ job, held, options, asked: { name, placement, which } }` → `[{ name, blob, x, y, width, height }]`,
   * a PNG for each subject that is kept. Notes: progress.
   */
  layers: "layers",
  /** → what marketplaces ask: `[{ id, title, note, background, frame, format, quality }]`. */
  presets: "presets",
  /** `{ photo: Blob, held, options }` (a cutout of ours, and how it was made) → `Blob`, the matte as a grey PNG. */
  mask: "mask",
  /** `{ held }` → `Blob`, a grey PNG: bright where the cutout is uncertain. */
  uncertainty: "uncertainty",
  /** `{ job, options }` → `{ model, provider }`, loaded and warm. Notes: progress. */
  prepare: "prepare",
  /** `{ job }` → nothing; the job ends with the code `"cancelled"`. */
  cancel: "cancel",
  /** → facts about the device and what policy makes of them. */
  device: "device",
  /** → what is known about this device and what happened on it. */
  diagnostics: "diagnostics",
  /** → `{ python: Span[], inference: Span[] }`: what the threads have done and when (timeline.js). */
  timeline: "timeline",
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
  /** `{ address }` (undefined for a file) → bytes that may come from there. */
  ownLimit: "ownLimit",
  /** `{ job, file: File, limit }` → `Part`, kept in the store. Notes: progress. */
  ownKeep: "ownKeep",
  /** `{ job, part, place }` (an address or a file's name) → `Candidate`, looked at and listed. Notes: progress. */
  ownOpen: "ownOpen",
  /** `{ job, id, form, photo: Blob | undefined }` → `{ mask, photo, milliseconds, provider, notices }`. Notes: progress. */
  ownTry: "ownTry",
  /** `{ job, id, form }` → its entry, as in `models`. */
  ownAccept: "ownAccept",
  /** `{ id }` → nothing; for a candidate. */
  ownDiscard: "ownDiscard",
  /** → `[{ id, title, note, contract }]`. */
  ownFamilies: "ownFamilies",
  /** → nothing; forgets what broken openings left in the store. */
  ownSweep: "ownSweep",
});

/** What the page asks of the fetcher: an address, never a photo. */
export const FETCHER = Object.freeze({
  /** `{ url, limit }`, text and a number → `Part`, kept in the store. Notes: `{ done, total }` bytes. */
  fetch: "fetch",
});

/** The lock that every opening of an own model shares: meanwhile nothing of it is listed yet. */
export const OPENING = "cutaway opening";

/** What the python worker asks of the inference worker. It sees tensors and model ids, never files. */
export const INFERENCE = Object.freeze({
  /** `{ build, root }` → nothing; imports ONNX Runtime. */
  start: "start",
  /** → nothing; fetches and compiles ONNX Runtime's wasm ahead of the first model. */
  compile: "compile",
  /** → the facts of `values.Device`. */
  device: "device",
  /**
   * `{ model, part, provider, threads }` → `{ network, store, kept, milliseconds }`; `part` is the
   * build's own where none is given. Notes: `{ done, total }` bytes.
   */
  load: "load",
  /** → `Span[]`: what the worker has done and when (timeline.js). */
  timeline: "timeline",
  /** `{ model }`, loaded → `{ inputs, outputs }`, each `[{ name, type, shape }]`. */
  inspect: "inspect",
  /** `{ model, feeds: { name: { data, shape } }, outputs: [name] }` → `{ outputs, milliseconds }`; an output is `{ data, shape, half }`. */
  run: "run",
});

/** What the python worker asks of the AVIF worker. */
export const AVIF = Object.freeze({
  /**
   * `{ module, pixels: Uint8Array, width, height, options }` → `Uint8Array`; `module` is the address of
   * an encoder, and `options` are what it is to do, as it knows them.
   */
  encode: "encode",
});

/**
 * One step of progress, as it reaches the page.
 * @typedef {{ stage: string, done: number, total: number, unit: "bytes" | "step", model: string }} Progress
 */
