/** A photo of the album: its work, and what the album has done with it. */
/** @typedef {import("../work.js").Work} Work */
/** @typedef {import("./disk.js").Kept} Kept */
/** @typedef {import("../history.js").Run} Run */

export class Item {
  /** @type {Work} */
  work;
  /** @type {string} what its file is called, without the ending */
  stem;
  /** @type {Kept[]} its files that were put aside; the work's history may lead back to each of them */
  kept = [];
  /** @type {Run | null} whose file was saved last */
  saved = null;
  /** Whether it was taken out of the album. */
  gone = false;
  /** Whether it was given a look of its own, in the studio. */
  own = false;
  /** @type {{ path: string, size: number, lastModified: number } | null} where it lies in the chosen folder */
  place = null;
  /** @type {Run | null} whose file lies there */
  placed = null;
  #stop = null;

  /**
   * @param {Work} work
   * @param {string} stem
   */
  constructor(work, stem) {
    this.work = work;
    this.stem = stem;
  }

  /** @returns {boolean} whether its file is there, with the look that is asked for */
  get ready() {
    return this.work.state === "done" && this.work.isMade;
  }

  /** @returns {boolean} whether something is to be done: it has no cutout, or one with another look */
  get wanting() {
    const { state, isMade } = this.work;
    return !this.busy && (state === "waiting" || (state === "done" && !isMade));
  }

  /** @returns {boolean} whether the album is at it */
  get busy() {
    return this.#stop !== null;
  }

  /** @returns {boolean} whether somebody should look at the cutout */
  get doubtful() {
    return this.work.state === "done" && this.#receipt.uncertainty.check;
  }

  /** @returns {string} why somebody should look at it */
  get doubt() {
    return this.#receipt.uncertainty.reason;
  }

  /** @returns {number} that its cutout took, without what was only loaded for it */
  get milliseconds() {
    const { total, model, warmup } = this.#receipt.milliseconds;
    return total - model - warmup;
  }

  /** @returns {Blob | null} */
  get file() {
    return this.work.result?.blob ?? null;
  }

  /**
   * Does something that can be stopped: by `stop`, or by the signal of all of them.
   * @param {AbortSignal} all
   * @param {(signal: AbortSignal) => Promise<void>} job
   */
  async during(all, job) {
    const stop = new AbortController();
    this.#stop = stop;
    try {
      await job(AbortSignal.any([all, stop.signal]));
    } catch (error) {
      this.#fail(error, all.aborted);
    } finally {
      this.#stop = null;
      this.work.update({ progress: null });
    }
  }

  /** What is being done to it ends; it waits again. */
  stop() {
    this.#stop?.abort();
  }

  get #receipt() {
    return this.work.result.receipt;
  }

  #fail(error, over) {
    const { work } = this;
    if (error.code !== "cancelled" && error.name !== "AbortError") work.update({ state: "failed", error });
    else if (work.result) work.update({ state: "done" });
    else work.update({ state: over ? "stopped" : "waiting" });
  }
}
