/** How quickly bytes arrive, and how long the rest will take. */

/** Bytes of the last seconds tell the rate: long enough to be calm, short enough to follow. */
const WINDOW_MS = 6000;
/** Sooner than this nothing can be told. */
const LEAST_MS = 800;
/** What is there already comes in the first moment, and says nothing of the network. */
const SETTLING_MS = 300;
/** Marks closer than this would only be many. */
const APART_MS = 50;
/** The figure changes this often, so that it can be read. */
const CALM_MS = 500;

export class Rate {
  #from;
  #since = null;
  #marks = [];
  #told = null;
  #toldAt = -Infinity;

  /** @param {number} from bytes that were here before */
  constructor(from = 0) {
    this.#from = from;
  }

  /**
   * @param {number} done bytes in hand
   * @param {number} [now] in milliseconds
   */
  note(done, now = performance.now()) {
    if (done < this.#from) return;
    this.#since ??= now;
    // Fewer than before: a piece came damaged and comes again.
    if (now - this.#since < SETTLING_MS || done < this.#marks.at(-1)?.done) this.#marks = [];
    if (now - this.#marks.at(-1)?.now < APART_MS) return;
    this.#marks.push({ done, now });
    while (this.#marks.length > 2 && now - this.#marks[1].now > WINDOW_MS) this.#marks.shift();
    if (now - this.#toldAt < CALM_MS) return;
    this.#told = this.#measure();
    this.#toldAt = now;
  }

  /** @returns {number | null} bytes a second; null as long as nobody can tell */
  get perSecond() {
    return this.#told;
  }

  /**
   * @param {number} missing bytes
   * @returns {number | null} seconds
   */
  left(missing) {
    return this.#told ? missing / this.#told : null;
  }

  #measure() {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    const time = last.now - first.now;
    return time < LEAST_MS || last.done === first.done ? this.#told : 1000 * (last.done - first.done) / time;
  }
}
