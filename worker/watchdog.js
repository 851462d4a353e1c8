/** How long a worker is waited for. */
import { Failure } from "./calls.js";

/** Ends a worker when it neither answers nor gives a sign: nothing short of that stops it. */
export class Watchdog {
  #seconds;
  #end;
  #timer;
  #bite;

  /**
   * @param {number} seconds
   * @param {() => void} end ends the worker
   */
  constructor(seconds, end) {
    this.#seconds = seconds;
    this.#end = end;
  }

  /** Starts to count anew. */
  renew() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#bite, this.#seconds * 1000);
  }

  /** Settles as `answered` does, or rejects once the time is up. */
  async over(answered) {
    const late = new Promise((_, reject) => {
      this.#bite = () => {
        reject(new Failure("timeout", `No answer within ${this.#seconds} s.`));
        this.#end();
      };
    });
    this.renew();
    try {
      return await Promise.race([answered, late]);
    } finally {
      clearTimeout(this.#timer);
      this.#bite = () => {}; // a last note may still come
    }
  }
}
