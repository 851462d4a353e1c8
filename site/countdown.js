/** How long a model still takes, from what Python says it usually takes on this device. */
import { timeLeft } from "./words/doing.js";

/** Shorter runs are over before anybody has read how long they take. */
const WORTH_TELLING_MS = 3000;
/** This near the end, or beyond it, nobody can tell. */
const LEAST_MS = 1500;
const TICK_MS = 1000;

export class Countdown {
  #model = "";
  #end = 0;
  #ticking = 0;
  #onTick;

  /** @param {() => void} onTick something else is to be told */
  constructor(onTick) {
    this.#onTick = onTick;
  }

  /**
   * @param {import("./types.js").Progress} progress
   * @param {{ usual: number | null } | null} model that it is about
   */
  follow({ stage, done, total, model: id }, model) {
    const runs = stage === "segment" && done < total && model?.usual >= WORTH_TELLING_MS;
    if (!runs) return this.stop();
    if (this.#model === id) return;
    this.stop();
    this.#model = id;
    this.#end = performance.now() + model.usual;
    this.#ticking = setInterval(this.#onTick, TICK_MS);
  }

  stop() {
    clearInterval(this.#ticking);
    this.#model = "";
  }

  /** @returns {string} "about 5 s left"; empty as long as nobody can tell */
  get told() {
    const left = this.#model ? this.#end - performance.now() : 0;
    return left < LEAST_MS ? "" : timeLeft(left / 1000);
  }
}
