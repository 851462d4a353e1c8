/** How long the rest will take, from how quickly the last ones came. */

/** So many are remembered: enough to be calm, few enough to follow. */
const WINDOW = 8;

export class Pace {
  #ends = [];
  #pausedAt = null;
  #paused = 0;

  /** @param {number} [now] in milliseconds; time that nothing is done in does not count */
  pause(now = performance.now()) {
    this.#pausedAt ??= now;
  }

  /** @param {number} [now] */
  resume(now = performance.now()) {
    if (this.#pausedAt !== null) this.#paused += now - this.#pausedAt;
    this.#pausedAt = null;
  }

  /** One is done. The first says nothing yet: it waited for what is loaded once. @param {number} [now] */
  note(now = performance.now()) {
    this.#ends.push((this.#pausedAt ?? now) - this.#paused);
    if (this.#ends.length > WINDOW) this.#ends.shift();
  }

  /**
   * @param {number} missing how many
   * @returns {number | null} seconds; null as long as nobody can tell
   */
  left(missing) {
    const { length } = this.#ends;
    if (length < 2) return null;
    return (missing * (this.#ends.at(-1) - this.#ends[0])) / (length - 1) / 1000;
  }

  /** Forgets everything: other settings, another pace. */
  clear() {
    this.#ends = [];
    this.#paused = 0;
    this.#pausedAt = null;
  }
}
