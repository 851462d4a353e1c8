/**
 * The page's end of the python worker: calls go there, jobs can be cancelled. It is started again
 * where it never began or has died, and after a rest, which gives its memory back.
 */
import { build, Callee, PYTHON } from "./build.js";
import { CutawayError } from "./error.js";

const root = new URL("../../", import.meta.url).href;

/** A worker says something as soon as it begins; Firefox, on a busy machine, now and then never begins one. */
const SILENT_MS = 30_000;
const SILENT = "Cutaway did not start. Start it again, or reload the page.";
const PYTHON_DIED = "Cutaway had to stop here. It starts again with the next photo: try once more.";

export class PythonWorker {
  #settings;
  #worker = null;
  #started = null;
  #jobs = 0;
  #closed = false;
  #idleSeconds = Infinity;
  #open = 0;
  #worked = false;
  /** Memory was given back: nothing is loaded before it is asked for. */
  #rested = false;
  #resting;

  /** @param {object} settings for Python, as `Cutaway.start` takes them */
  constructor(settings) {
    this.#settings = settings;
  }

  /**
   * A worker that never begins is started anew once.
   * @param {(progress: import("./types.js").Progress) => void} [onProgress]
   * @returns {Promise<void>}
   */
  boot(onProgress) {
    this.#started = this.#begin(onProgress)
      .catch((error) => {
        if (error.code !== "silent" || this.#closed) throw error;
        return this.#begin(onProgress);
      })
      .then(({ idleSeconds }) => { this.#idleSeconds = idleSeconds; });
    return this.#started;
  }

  #begin(onProgress) {
    const worker = new Callee(new URL(build.worker.python, root).href, "python");
    this.#worker = worker;
    const silence = setTimeout(() => worker.end(new CutawayError("silent", SILENT)), SILENT_MS);
    const onNote = (progress) => {
      clearTimeout(silence);
      onProgress?.(progress);
    };
    return this.#send(PYTHON.start, { build, root, settings: this.#settings, ahead: !this.#rested }, onNote)
      .finally(() => clearTimeout(silence));
  }

  /**
   * A call that can be cancelled.
   * @param {string} call of `PYTHON`
   * @param {object} args
   * @param {AbortSignal} [signal]
   * @param {(note: any) => void} [onNote]
   * @returns {Promise<any>}
   * @throws {CutawayError}
   */
  async job(call, args, signal, onNote) {
    this.#worked = true;
    const job = ++this.#jobs;
    const cancelled = new CutawayError("cancelled", "Cancelled. The photo is still here.");
    if (signal?.aborted) throw cancelled;
    const answered = this.call(call, { job, ...args }, onNote);
    if (!signal) return answered;
    let stop;
    const stopped = new Promise((_, reject) => {
      stop = () => {
        this.call(PYTHON.cancel, { job }).catch(() => {});
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

  /**
   * A worker that died is replaced, so that the next photo works.
   * @param {string} call of `PYTHON`
   * @param {object} [args]
   * @param {(note: any) => void} [onNote]
   * @returns {Promise<any>}
   * @throws {CutawayError}
   */
  async call(call, args, onNote) {
    if (this.#closed) throw new CutawayError("closed", "This Cutaway was closed. Start another one.");
    clearTimeout(this.#resting);
    this.#open++;
    try {
      if (this.#worker.ended) this.boot();
      await this.#started;
      return await this.#send(call, args, onNote);
    } finally {
      if (--this.#open === 0 && this.#worked) this.#rest();
    }
  }

  /** Ends it for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#resting);
    this.#worker?.end();
  }

  /**
   * Memory of WebAssembly never shrinks: what photos and models took comes back only with new
   * workers, which boot while nobody waits.
   */
  #rest() {
    if (this.#closed || this.#idleSeconds === Infinity) return;
    this.#resting = setTimeout(() => {
      this.#worked = false;
      this.#rested = true;
      this.#worker.end();
      this.boot().catch(() => {}); // told by the next call
    }, this.#idleSeconds * 1000);
  }

  async #send(call, args, onNote) {
    try {
      return await this.#worker.call(call, args, { onNote });
    } catch ({ code, message }) {
      if (code === "interpreter-died") this.#worker.end();
      // Only of its own end Python cannot tell in words.
      throw new CutawayError(code, code === "worker-died" ? `${PYTHON_DIED} (${message})` : message);
    }
  }
}
