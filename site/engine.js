/** The one Cutaway of this page, booted behind it and kept for every photo. */
import { Cutaway } from "./cutaway.js";

/** @typedef {import("./types.js").Progress} Progress */

/** Rejects as soon as the signal says so, whatever the promise still does. */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

export class Engine {
  #starting = null;
  #last = null;

  /** @type {(progress: Progress) => void} hears how the boot goes on */
  onBoot = () => {};

  /**
   * Boots once, and says how it goes to `onBoot`; a boot that failed is tried again by the next call.
   * @returns {Promise<Cutaway>}
   */
  start() {
    this.#starting ??= Cutaway.start({ onProgress: (progress) => this.#heard(progress) })
      .catch((error) => {
        this.#starting = null;
        throw error;
      })
      .finally(() => { this.#last = null; });
    return this.#starting;
  }

  /**
   * @param {Blob} photo
   * @param {{ model: string, speed: string, provider: string, signal: AbortSignal,
   *     onProgress: (progress: Progress) => void }} options
   */
  async run(photo, options) {
    if (this.#last) options.onProgress(this.#last);
    const cutaway = await unlessAborted(this.start(), options.signal);
    return cutaway.removeBackground(photo, options);
  }

  #heard(progress) {
    this.#last = progress;
    this.onBoot(progress);
  }
}

/** The page's own, which boot.js starts. */
export const engine = new Engine();
