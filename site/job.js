/** What is being done to a work: one thing at a time, and it can be ended at any moment. */
import { CutawayError } from "./error.js";
import { words } from "./words.js";

/** Until the photo has been read, nobody knows whether it is one. */
const BEFORE_IT_IS_READ = new Set(["boot", "read"]);

/** @typedef {import("./work.js").Work} Work */

export class Job {
  /** @type {{ work: Work, stop: AbortController } | null} */
  #now = null;
  /** Told once nothing is being done any more, and whether it came to its end. @type {((whole: boolean) => void)[]} */
  #waiting = [];
  #onChange;
  #onRead;

  /**
   * @param {object} hears
   * @param {() => void} hears.onChange it began or ended
   * @param {(work: Work) => void} hears.onRead the photo could be read
   */
  constructor({ onChange, onRead }) {
    this.#onChange = onChange;
    this.#onRead = onRead;
  }

  /** @returns {Work | null} that something is being done to */
  get work() {
    return this.#now?.work ?? null;
  }

  /** @returns {Promise<boolean>} settles once nothing is being done: false where it was ended before */
  over() {
    return this.#now ? new Promise((resolve) => { this.#waiting.push(resolve); }) : Promise.resolve(true);
  }

  /**
   * What was under way ends; this begins.
   * @template T
   * @param {Work} work
   * @param {(how: { signal: AbortSignal, onProgress: (progress: object) => void }) => Promise<T>} begin
   * @returns {Promise<T>}
   * @throws {CutawayError} with the code "cancelled" once it was ended
   */
  async do(work, begin) {
    this.end();
    const mine = { work, stop: new AbortController() };
    const { signal } = mine.stop;
    this.#now = mine;
    this.#onChange();
    const onProgress = (progress) => {
      if (signal.aborted) return;
      if (!BEFORE_IT_IS_READ.has(progress.stage)) this.#onRead(work);
      work.update({ progress });
    };
    try {
      return await begin({ signal, onProgress });
    } catch (error) {
      throw signal.aborted ? new CutawayError("cancelled", words.studio.cancelled) : error;
    } finally {
      if (this.#now === mine) this.#rest(true);
      if (!signal.aborted) work.update({ progress: null });
      this.#onChange();
    }
  }

  /** The photo stays, and the cutout too if there was one; so does what has arrived of a model. */
  end() {
    if (!this.#now) return;
    const { work, stop } = this.#now;
    this.#rest(false);
    stop.abort();
    const state = work.state === "working" ? (work.result ? "done" : "stopped") : work.state;
    work.update({ state, progress: null });
  }

  #rest(whole) {
    this.#now = null;
    for (const tell of this.#waiting.splice(0)) tell(whole);
  }
}
