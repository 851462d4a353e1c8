/**
 * Cutaway's public API: remove the background of a photo, on this device.
 *
 *     import { Cutaway } from "/cutaway.js";
 *     const cutaway = await Cutaway.start({ onProgress });
 *     const { blob, receipt } = await cutaway.removeBackground(photo);
 *
 * Everything is decided by Python in a worker; this module starts it and carries messages.
 */
import { batch } from "./batch.js";
import { bringing } from "./bring.js";
import { PYTHON, spans, trace } from "./build.js";
import { travelling } from "./edits.js";
import { CutawayError } from "./error.js";
import { PythonWorker } from "./python-worker.js";

export { CutawayError };

/**
 * @typedef {import("./types.js").Progress} Progress
 * @typedef {import("./types.js").Result} Result
 * @typedef {import("./types.js").Refinement} Refinement
 * @typedef {import("./types.js").Background} Background
 * @typedef {import("./types.js").Shadow} Shadow
 * @typedef {import("./types.js").Frame} Frame
 * @typedef {import("./types.js").Edit} Edit
 */

export class Cutaway {
  #python;
  /** What each result was made from. */
  #origins = new WeakMap();

  /** What the store keeps of each model. */
  cache = Object.freeze({
    /** @returns {Promise<{ id: string, bytes: number, stored: number }[]>} */
    list: () => this.#python.call(PYTHON.storeList),
    /**
     * Fetches a model without running it; the signal pauses, a later call goes on.
     * @param {string} id of a model
     * @param {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void }} [options]
     */
    fetch: (id, { signal, onProgress } = {}) => this.#python.job(PYTHON.storeFetch, { id }, signal, onProgress),
    /** @returns {Promise<{ quota?: number, usage?: number, persisted: boolean }>} of the whole site, in bytes */
    usage: async () => ({
      ...(await navigator.storage?.estimate?.()),
      persisted: (await navigator.storage?.persisted?.()) ?? false,
    }),
    /** Asks the browser to keep everything until the user deletes it. @returns {Promise<boolean>} */
    persist: async () => (await navigator.storage?.persist?.()) ?? false,
    /** @param {string} id of a model */
    delete: (id) => this.#python.call(PYTHON.storeDelete, { id }),
    clear: () => this.#python.call(PYTHON.storeClear),
  });

  /** Models of the person's own: opened, tried out and accepted, they are models like any other. */
  own = bringing((...how) => this.#python.call(...how), (...how) => this.#python.job(...how));

  /** @param {object} [settings] of `start`, which also boots */
  constructor(settings = {}) {
    this.#python = new PythonWorker(settings);
  }

  /**
   * Boots the workers.
   * @param {object} [options]
   * @param {(progress: Progress) => void} [options.onProgress]
   * @param {number} [options.idleSeconds] without a call, after which the workers give their memory back
   * @param {number} [options.watchdogSeconds] after which a run that does not answer is ended
   * @param {object} [options.device] facts about the device to believe instead of the probed ones
   * @returns {Promise<Cutaway>}
   * @throws {CutawayError}
   */
  static async start({ onProgress, ...settings } = {}) {
    const cutaway = new Cutaway(settings);
    await cutaway.#python.boot(onProgress);
    return cutaway;
  }

  /**
   * Cuts the subject out of a photo.
   * @param {Blob} photo an image file
   * @param {object} [options]
   * @param {string} [options.model] id of a model, or "auto"
   * @param {"auto" | "fast" | "balanced" | "best"} [options.speed] instead of a model
   * @param {"auto" | "webgpu" | "wasm"} [options.provider]
   * @param {Edit[]} [options.edits] done by hand to the automatic cutout, in this order
   * @param {Refinement} [options.refine] of the edge
   * @param {Background | null} [options.background]
   * @param {Shadow | null} [options.shadow]
   * @param {Frame | null} [options.frame]
   * @param {string | null} [options.preset] an id of `presets()`, which sets background, frame,
   *   format and quality where nothing else is said
   * @param {"image/png" | "image/webp" | "image/avif" | "image/jpeg"} [options.format]
   * @param {number | null} [options.quality] 1 to 100
   * @param {boolean} [options.lossless] for WebP and AVIF
   * @param {"quick" | "small"} [options.effort]
   * @param {8 | 10} [options.depth] bits a channel, for AVIF
   * @param {"strip" | "keep"} [options.metadata] EXIF and XMP of the photo
   * @param {boolean} [options.salvage] takes what can be read of a damaged file
   * @param {AbortSignal} [options.signal] cancels the job
   * @param {(progress: Progress) => void} [options.onProgress]
   * @param {(look: ImageBitmap, size: { width: number, height: number }) => void} [options.onLook]
   *   where several models are asked: what the first one alone says, 1000 pixels at most, as soon as
   *   it is known; the size is the whole photo's
   * @returns {Promise<Result>}
   * @throws {CutawayError}
   */
  async removeBackground(photo, { signal, onProgress, onLook, ...options } = {}) {
    return this.#cut(photo, options, 0, { signal, onProgress, onLook });
  }

  /**
   * The same photo by other options. While it is held only what they concern runs: of the last
   * photo a changed background or format takes no model; an earlier photo is cut again. Of edits only
   * those run that came anew; without any the automatic cutout is back.
   * @param {Result} result of `removeBackground` or of this
   * @param {object} options as for `removeBackground`; what is left out stays as it was
   * @param {object} [how] `signal`, `onProgress` and `onLook`
   * @returns {Promise<Result>}
   * @throws {CutawayError}
   */
  async change(result, options, how = {}) {
    const origin = this.#origin(result);
    return this.#cut(origin.photo, { ...origin.options, ...options }, origin.held, how);
  }

  /**
   * A part of the picture as it would become, small and quick: for a control that moves, and for
   * zooming. Only the last photo is held for it; for others it fails with the code "not-held".
   * @param {Result} result
   * @param {object} [options] `edits`, `refine`, `background`, `shadow`, `frame` and `preset` as for
   *   `removeBackground`; what is left out is the default. Lengths are of the full size. A stroke may
   *   be asked for again while it grows: only what is new of it is drawn, at the size of the view.
   * @param {"cutout" | "photo" | "mask" | "uncertainty"} [options.what] all lie in the same frame
   * @param {{ x: number, y: number, width: number, height: number } | null} [options.region] in
   *   pixels of the whole picture; at its full size its pixels are the very ones that it will have
   * @param {number} [options.side] pixels of the bitmap's longer side, at most
   * @returns {Promise<{ bitmap: ImageBitmap, width: number, height: number }>} the size is the whole picture's
   * @throws {CutawayError}
   */
  async view(result, options = {}) {
    return this.#python.call(PYTHON.view, { held: this.#origin(result).held, asked: travelling(options) });
  }

  /**
   * About how large the file will be that `change` would give; of the last photo only, as `view`.
   * @param {Result} result
   * @param {object} [options] as for `change`
   * @returns {Promise<{ bytes: number }>}
   * @throws {CutawayError}
   */
  async estimate(result, options = {}) {
    const origin = this.#origin(result);
    const asked = travelling({ ...origin.options, ...options });
    return this.#python.call(PYTHON.estimate, { held: origin.held, options: asked });
  }

  /**
   * What of a photo is meant by points and a box; of the last photo only, as `view`. The first time
   * the selecting model is fetched, which `onProgress` tells of, and it reads the photo, which takes
   * seconds; from then on it answers at once. The same points and box are an edit of the kind "select".
   * @param {Result} result
   * @param {{ points?: { x: number, y: number, add?: boolean }[],
   *   box?: { x: number, y: number, width: number, height: number } | null }} prompt in pixels of the photo,
   *   the points in the order in which they were set: each mends what was answered before it
   * @param {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void }} [how]
   * @returns {Promise<{ candidates: { index: 0 | 1 | 2, score: number, share: number,
   *   box: { x: number, y: number, width: number, height: number } | null, bitmap: ImageBitmap }[],
   *   milliseconds: { encode: number, decode: number } }>} best first; the index is the `candidate` of an
   *   edit, the score how sure the model is (0 to 1), the share of the photo's area; the bitmap, 1000
   *   pixels at most, is the selection to lay over the photo; encode is 0 where the photo was read before
   * @throws {CutawayError}
   */
  async select(result, { points = [], box = null }, { signal, onProgress } = {}) {
    const { held } = this.#origin(result);
    return this.#python.job(PYTHON.select, { held, asked: { points, box } }, signal, onProgress);
  }

  /**
   * The separate subjects of a photo, largest first: what hangs together. Of the last photo only, as
   * `view`. Those that were dropped are among them; `drops` are the places in `edits` of what did it.
   * @param {Result} result
   * @param {{ edits?: Edit[] }} [options]
   * @returns {Promise<{ x: number, y: number, box: { x: number, y: number, width: number, height: number },
   *   share: number, drops: number[], bitmap: ImageBitmap }[]>} x and y are a place well inside, as an
   *   edit of the kind "drop" takes it; the share is of the photo's area; the bitmap is a thumbnail
   * @throws {CutawayError}
   */
  subjects(result, { edits = [] } = {}) {
    return this.#python.call(PYTHON.subjects, { held: this.#origin(result).held, asked: travelling({ edits }) });
  }

  /**
   * Each subject that was not dropped as a PNG of its own, with nothing around it. Laid over one
   * another they are the cutout. Of the last photo only, as `view`.
   * @param {Result} result
   * @param {object} [options] as for `change`; also
   * @param {"place" | "crop"} [options.placement] as large as the photo, or cropped to the subject with
   *   its soft border
   * @param {number[]} [options.which] of the list that `subjects` gives, counted from 0
   * @param {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void }} [how]
   * @returns {Promise<{ name: string, blob: Blob, x: number, y: number, width: number, height: number }[]>}
   *   x and y tell where in the photo the first pixel lies
   * @throws {CutawayError}
   */
  layers(result, { placement = "place", which = null, ...options } = {}, { signal, onProgress } = {}) {
    const { photo, held, options: made } = this.#origin(result);
    const asked = { name: photo.name ?? "", placement, which };
    const args = { held, options: travelling({ ...made, ...options }), asked };
    return this.#python.job(PYTHON.layers, args, signal, onProgress);
  }

  /**
   * What marketplaces ask of a picture; `preset` takes an id, and the receipt's `preset` tells
   * whether the file meets it.
   * @returns {Promise<{ id: string, title: string, note: string, background: string, frame: object,
   *   format: string, quality: number }[]>}
   */
  presets() {
    return this.#python.call(PYTHON.presets);
  }

  /**
   * A result whose file was put elsewhere, on disk for example: the same in everything else. Once
   * the former one is let go, so is the memory of its file.
   * @param {Result} result
   * @param {Blob} blob the same bytes
   * @returns {Result}
   */
  moved(result, blob) {
    return this.#result(blob, result.receipt, this.#origin(result));
  }

  /**
   * Loads a model ahead, and on a GPU runs it once, so that the next photo is quick. Takes the
   * options of `removeBackground`.
   * @returns {Promise<{ model: string, provider: string }>}
   * @throws {CutawayError}
   */
  prepare({ signal, onProgress, ...options } = {}) {
    return this.#python.job(PYTHON.prepare, { options }, signal, onProgress);
  }

  /**
   * Cuts many photos, one after the other, in order; while one is in inference the next is read
   * and the last is encoded. A photo that fails yields its error and the rest go on. Not asking
   * for the next one pauses; leaving the loop, or the signal, cancels what is under way.
   * @param {Iterable<Blob> | AsyncIterable<Blob>} photos taken one by one, as they are needed
   * @param {object} [options] as for `removeBackground`; `onProgress` also gets the photo's index
   * @returns {AsyncGenerator<{ index: number, photo: Blob, result?: Result, error?: CutawayError }>}
   */
  removeBackgrounds(photos, { signal, onProgress, ...options } = {}) {
    const begin = (photo, index, stop) => this.removeBackground(photo, {
      ...options,
      signal: stop,
      onProgress: (progress) => onProgress?.({ ...progress, index }),
    });
    return batch(photos, begin, signal);
  }

  /** Facts about this device, and which provider they lead to and why. */
  device() {
    return this.#python.call(PYTHON.device);
  }

  /** What is known about this device and what happened on it; never sent anywhere. */
  async diagnostics() {
    const calls = [PYTHON.diagnostics, PYTHON.timeline].map((call) => this.#python.call(call));
    const [report, workers] = await Promise.all(calls);
    return { ...report, timeline: trace({ page: spans(), ...workers }) };
  }

  /**
   * What this device can do: each tier with its bytes, speeds and reason, and the recommended one.
   * @returns {Promise<{ tiers: object[], recommended: string, reason: string }>}
   */
  tiers() {
    return this.#python.call(PYTHON.tiers);
  }

  /**
   * The models of the registry, with their real sizes and what is stored of each; `usual` is how many
   * milliseconds one takes for a photo on this device, null until it has run.
   */
  models() {
    return this.#python.call(PYTHON.models);
  }

  /** Ends the workers and gives their memory back. */
  close() {
    this.#python.close();
  }

  #origin(result) {
    const origin = this.#origins.get(result);
    if (!origin) throw new CutawayError("bad-option", "Only a cutout that was made here can be changed.");
    return origin;
  }

  async #cut(photo, options, before, { signal, onProgress, onLook }) {
    const asked = { photo, options: travelling(options), before, look: Boolean(onLook) };
    const onNote = ({ look, ...progress }) => {
      if (look) onLook(look.bitmap, { width: look.width, height: look.height });
      else onProgress?.(progress);
    };
    const { blob, receipt, held } = await this.#python.job(PYTHON.removeBackground, asked, signal, onNote);
    return this.#result(blob, receipt, { photo, options, held });
  }

  #result(blob, receipt, origin) {
    const { held, options } = origin;
    const result = {
      blob,
      receipt,
      mask: () => this.#python.call(PYTHON.mask, { photo: blob, held, options: travelling(options) }),
      uncertainty: () => this.#python.call(PYTHON.uncertainty, { held }),
    };
    this.#origins.set(result, origin);
    return result;
  }
}
