/**
 * Runs the album's photos through the engine: a few under way, the next taken only when there is
 * room. To pause is not to take the next; the studio, while it is open, holds everything back.
 */
import { batch } from "../batch.js";
import { lookAsOptions } from "../look.js";
import { Pace } from "./pace.js";

/** @typedef {import("./item.js").Item} Item */

export class Runner {
  #engine;
  #chosen;
  #disk;
  #next;
  #onRun;
  #onEnd;
  #onDone;
  #onChange;
  #stop = null;
  #paused = false;
  #yields = false;
  #wake = () => {};
  #pace = new Pace();

  /**
   * @param {object} parts
   * @param {import("../engine.js").Engine} parts.engine
   * @param {() => import("../settings.js").Choice} parts.chosen the model, speed and provider of the next
   * @param {import("./disk.js").Disk} parts.disk
   * @param {() => Item | undefined} parts.next that something is to be done to
   * @param {(choice: object) => void} parts.onRun the engine is about to be used
   * @param {() => void} parts.onEnd it has been used
   * @param {(item: Item) => void} parts.onDone its file is there
   * @param {() => void} parts.onChange of the state
   */
  constructor({ engine, chosen, disk, next, onRun, onEnd, onDone, onChange }) {
    this.#engine = engine;
    this.#chosen = chosen;
    this.#disk = disk;
    this.#next = next;
    this.#onRun = onRun;
    this.#onEnd = onEnd;
    this.#onDone = onDone;
    this.#onChange = onChange;
  }

  /** @returns {boolean} whether there is something under way, or to come */
  get running() {
    return this.#stop !== null;
  }

  get paused() {
    return this.#paused;
  }

  /** @returns {boolean} whether it waits for the studio */
  get yields() {
    return this.#yields;
  }

  /** @param {number} missing photos @returns {number | null} seconds; null as long as nobody can tell */
  left(missing) {
    return this.#pace.left(missing);
  }

  /** Goes on until nothing is left to be done; what is added meanwhile is taken, too. */
  async run() {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#pace.clear();
    this.#onRun(this.#chosen());
    this.#onChange();
    while (!stop.signal.aborted && this.#next()) {
      for await (const _ of batch(this.#source(), (item) => this.#begin(item, stop.signal), stop.signal));
    }
    if (this.#stop === stop) this.#stop = null;
    this.#onChange();
    this.#onEnd();
  }

  /** Nothing further is taken; what is under way is finished. */
  pause() {
    this.#paused = true;
    this.#gate();
  }

  resume() {
    this.#paused = false;
    this.#gate();
  }

  /** @param {boolean} yields whether the studio has the engine */
  yield(yields) {
    this.#yields = yields;
    this.#gate();
  }

  /** What is under way is ended, too. */
  cancel() {
    this.#stop?.abort();
    this.#stop = null;
    this.#paused = false;
    this.#gate();
  }

  get #held() {
    return this.#paused || this.#yields;
  }

  #gate() {
    if (this.#held) this.#pace.pause();
    else {
      this.#pace.resume();
      this.#wake();
    }
    this.#onChange();
  }

  async *#source() {
    for (;;) {
      while (this.#held) await new Promise((wake) => { this.#wake = wake; });
      const item = this.#next();
      if (!item) return;
      yield item;
    }
  }

  #begin(item, all) {
    return item.during(all, async (signal) => {
      // It may have been taken away, or stopped, since it was its turn.
      signal.throwIfAborted();
      if (item.work.result) await this.#change(item, signal);
      else await this.#cut(item, signal);
      this.#pace.note();
      this.#onDone(item);
    });
  }

  async #cut(item, signal) {
    const { work } = item;
    const choice = this.#chosen();
    const { look } = work;
    work.update({ state: "working", error: null });
    const result = await this.#engine.run(work.photo, {
      ...choice, ...lookAsOptions(look), signal, onProgress: (progress) => work.update({ progress }),
    });
    work.finish({ result: await this.#putAside(item, result), choice, made: look });
  }

  /** The same cutout with another look in its file. */
  async #change(item, signal) {
    const { work } = item;
    const { look, history: { run } } = work;
    const cutaway = await this.#engine.start();
    const result = await cutaway.change(run.result, lookAsOptions(look), {
      signal, onProgress: (progress) => work.update({ progress }),
    });
    work.hold(run, { ...run, result: await this.#putAside(item, result), made: look });
    work.update({ state: "done", error: null });
  }

  /** Puts aside what was made elsewhere. @param {Item} item */
  async adopt(item) {
    const { run } = item.work.history;
    if (!run || item.kept.some(({ blob }) => blob === run.result.blob)) return;
    item.work.hold(run, { ...run, result: await this.#putAside(item, run.result) });
  }

  /** @returns {Promise<import("../types.js").Result>} the same with its file on disk */
  async #putAside(item, result) {
    const kept = await this.#disk.keep(result.blob);
    if (item.gone) this.#disk.forget(kept);
    else item.kept.push(kept);
    return (await this.#engine.start()).moved(result, kept.blob);
  }
}
