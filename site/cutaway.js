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
import { build, Callee, PYTHON } from "./build.js";
import { CutawayError } from "./error.js";

export { CutawayError };

const root = new URL("../../", import.meta.url).href;

const PYTHON_DIED = "Cutaway had to stop here. It starts again with the next photo: try once more.";

/**
 * @typedef {{ stage: string, done: number, total: number, unit: "bytes" | "step", model: string }} Progress
 *
 * A cutout. `mask` gives its matte as a grey PNG; `uncertainty` another that is bright where it may
 * be wrong, of the last photo only: for others it fails with the code "not-held".
 * @typedef {{ blob: Blob, mask: () => Promise<Blob>, uncertainty: () => Promise<Blob>, receipt: object }} Result
 *
 * What is asked of the edge; what is left out changes nothing, except that `decontaminate` is 1.
 * @typedef {object} Refinement
 * @property {number} [feather] 0 to 100 pixels: a hard edge becomes a slope so far to each side
 * @property {number} [smooth] 0 to 50 pixels: evens the outline and keeps its softness
 * @property {number} [shift] -50 to 50 pixels, also parts of one: outward (+) or inward (-)
 * @property {number} [threshold] 0 to 1: how steep the edge becomes; at 1 nothing is soft
 * @property {number} [decontaminate] 0 (the photo's colours) to 1 (no old background in soft pixels)
 */

export class Cutaway {
  #python = null;
  #started = null;
  #jobs = 0;
  #closed = false;
  #settings = {};
  #idleSeconds = Infinity;
  #open = 0;
  #worked = false;
  #resting;
  /** What each result was made from. */
  #origins = new WeakMap();

  /** What the store keeps of each model. */
  cache = Object.freeze({
    /** @returns {Promise<{ id: string, bytes: number, stored: number }[]>} */
    list: () => this.#call(PYTHON.storeList),
    /**
     * Fetches a model without running it; the signal pauses, a later call goes on.
     * @param {string} id of a model
     * @param {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void }} [options]
     */
    fetch: (id, { signal, onProgress } = {}) => this.#job(PYTHON.storeFetch, { id }, signal, onProgress),
    /** @returns {Promise<{ quota?: number, usage?: number, persisted: boolean }>} of the whole site, in bytes */
    usage: async () => ({
      ...(await navigator.storage?.estimate?.()),
      persisted: (await navigator.storage?.persisted?.()) ?? false,
    }),
    /** Asks the browser to keep everything until the user deletes it. @returns {Promise<boolean>} */
    persist: async () => (await navigator.storage?.persist?.()) ?? false,
    /** @param {string} id of a model */
    delete: (id) => this.#call(PYTHON.storeDelete, { id }),
    clear: () => this.#call(PYTHON.storeClear),
  });

  /** Models of the person's own: opened, tried out and accepted, they are models like any other. */
  own = bringing((...how) => this.#call(...how), (...how) => this.#job(...how));

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
    const cutaway = new Cutaway();
    cutaway.#settings = settings;
    await cutaway.#boot(onProgress);
    return cutaway;
  }

  /**
   * Cuts the subject out of a photo.
   * @param {Blob} photo an image file
   * @param {object} [options]
   * @param {string} [options.model] id of a model, or "auto"
   * @param {"auto" | "fast" | "balanced" | "best"} [options.speed] instead of a model
   * @param {"auto" | "webgpu" | "wasm"} [options.provider]
   * @param {"image/png"} [options.format]
   * @param {Refinement} [options.refine] of the edge
   * @param {AbortSignal} [options.signal] cancels the job
   * @param {(progress: Progress) => void} [options.onProgress]
   * @returns {Promise<Result>}
   * @throws {CutawayError}
   */
  async removeBackground(photo, { signal, onProgress, ...options } = {}) {
    return this.#cut(photo, options, 0, signal, onProgress);
  }

  /**
   * Refines the edge of a cutout anew. Of the last photo only what follows the refinement runs;
   * an earlier one is cut again.
   * @param {Result} result of `removeBackground` or of this
   * @param {Refinement} refine
   * @param {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void }} [options]
   * @returns {Promise<Result>}
   * @throws {CutawayError}
   */
  async refine(result, refine, { signal, onProgress } = {}) {
    const { photo, options, held } = this.#origin(result);
    return this.#cut(photo, { ...options, refine }, held, signal, onProgress);
  }

  /**
   * What `refine` would give, small and quick: for a control that moves. Lengths are of the full
   * size. Only the last photo is held for it; for others it fails with the code "not-held".
   * @param {Result} result
   * @param {Refinement} refine
   * @param {{ side?: number }} [options] pixels of the longer side, at most
   * @returns {Promise<Blob>} a PNG
   * @throws {CutawayError}
   */
  async preview(result, refine, { side = 1000 } = {}) {
    return this.#call(PYTHON.preview, { held: this.#origin(result).held, refine, side });
  }

  /**
   * Loads a model ahead, and on a GPU runs it once, so that the next photo is quick. Takes the
   * options of `removeBackground`.
   * @returns {Promise<{ model: string, provider: string }>}
   * @throws {CutawayError}
   */
  prepare({ signal, onProgress, ...options } = {}) {
    return this.#job(PYTHON.prepare, { options }, signal, onProgress);
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
    return this.#call(PYTHON.device);
  }

  /** What is known about this device and what happened on it; never sent anywhere. */
  diagnostics() {
    return this.#call(PYTHON.diagnostics);
  }

  /**
   * What this device can do: each tier with its bytes, speeds and reason, and the recommended one.
   * @returns {Promise<{ tiers: object[], recommended: string, reason: string }>}
   */
  tiers() {
    return this.#call(PYTHON.tiers);
  }

  /** The models of the registry, with their real sizes and what is stored of each. */
  models() {
    return this.#call(PYTHON.models);
  }

  /** Ends the workers and gives their memory back. */
  close() {
    this.#closed = true;
    clearTimeout(this.#resting);
    this.#python?.end();
  }

  #origin(result) {
    const origin = this.#origins.get(result);
    if (!origin) throw new CutawayError("bad-option", "Only a cutout that was made here can be refined.");
    return origin;
  }

  async #cut(photo, options, before, signal, onProgress) {
    const asked = { photo, options, before };
    const { blob, receipt, held } = await this.#job(PYTHON.removeBackground, asked, signal, onProgress);
    const result = {
      blob,
      receipt,
      mask: () => this.#call(PYTHON.mask, { photo: blob }),
      uncertainty: () => this.#call(PYTHON.uncertainty, { held }),
    };
    this.#origins.set(result, { photo, options, held });
    return result;
  }

  #boot(onProgress) {
    this.#python = new Callee(new URL(build.worker.python, root).href, "python");
    this.#started = this.#send(PYTHON.start, { build, root, settings: this.#settings }, onProgress)
      .then(({ idleSeconds }) => { this.#idleSeconds = idleSeconds; });
    return this.#started;
  }

  /** A call that can be cancelled. */
  async #job(call, args, signal, onProgress) {
    this.#worked = true;
    const job = ++this.#jobs;
    const cancelled = new CutawayError("cancelled", "Cancelled. The photo is still here.");
    if (signal?.aborted) throw cancelled;
    const answered = this.#call(call, { job, ...args }, onProgress);
    if (!signal) return answered;
    let stop;
    const stopped = new Promise((_, reject) => {
      stop = () => {
        this.#call(PYTHON.cancel, { job }).catch(() => {});
        reject(cancelled);
      };
    });
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([answered, stopped]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** A python worker that died is replaced, so that the next photo works. */
  async #call(call, args, onNote) {
    if (this.#closed) throw new CutawayError("closed", "This Cutaway was closed. Start another one.");
    clearTimeout(this.#resting);
    this.#open++;
    try {
      if (this.#python.ended) this.#boot();
      await this.#started;
      return await this.#send(call, args, onNote);
    } finally {
      if (--this.#open === 0 && this.#worked) this.#rest();
    }
  }

  /**
   * Memory of WebAssembly never shrinks: what photos and models took comes back only with new
   * workers, which boot while nobody waits.
   */
  #rest() {
    if (this.#closed || this.#idleSeconds === Infinity) return;
    this.#resting = setTimeout(() => {
      this.#worked = false;
      this.#python.end();
      this.#boot().catch(() => {}); // told by the next call
    }, this.#idleSeconds * 1000);
  }

  async #send(call, args, onNote) {
    try {
      return await this.#python.call(call, args, { onNote });
    } catch ({ code, message }) {
      if (code === "interpreter-died") this.#python.end();
      // Only of its own end Python cannot tell in words.
      throw new CutawayError(code, code === "worker-died" ? `${PYTHON_DIED} (${message})` : message);
    }
  }
}
