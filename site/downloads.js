/** Downloads of models that no photo waits for: begun, paused, gone on with. */
import { isStored } from "./catalogue.js";
import { Rate } from "./rate.js";
import { words } from "./words.js";
import { explained } from "./words/python.js";

/** @typedef {{ done: number, total: number, rate: Rate }} Arriving */

export class Downloads {
  #engine;
  #catalogue;
  #onChange;
  #underWay = new Map();
  #failures = new Map();

  /**
   * @param {import("./engine.js").Engine} engine
   * @param {import("./catalogue.js").Catalogue} catalogue
   * @param {(id: string) => void} onChange something about this model's download changed
   */
  constructor(engine, catalogue, onChange) {
    this.#engine = engine;
    this.#catalogue = catalogue;
    this.#onChange = onChange;
  }

  /** @returns {Arriving | null} while it is under way */
  of(id) {
    return this.#underWay.get(id)?.arriving ?? null;
  }

  /** @returns {string} why the last one ended early; empty when it did not */
  failure(id) {
    return this.#failures.get(id) ?? "";
  }

  /**
   * Fetches what is missing of a model.
   * @param {{ id: string, title: string, bytes: number, stored: number }} model
   * @returns {Promise<string>} what came of it, as a sentence
   */
  async start(model) {
    const { id } = model;
    const arriving = { done: model.stored, total: model.bytes, rate: new Rate(model.stored) };
    const mine = { stop: new AbortController(), arriving, frame: 0 };
    this.#underWay.set(id, mine);
    this.#failures.delete(id);
    this.#onChange(id);
    try {
      const cutaway = await this.#engine.start();
      await cutaway.cache.fetch(id, {
        signal: mine.stop.signal,
        onProgress: ({ done }) => this.#hear(mine, id, done),
      });
      return await this.#end(mine, model);
    } catch (error) {
      await this.#end(mine, model);
      if (error.code === "cancelled") return words.models.paused(model.title);
      const sentence = error.code === "network" ? words.models.stopped : explained(error);
      this.#failures.set(id, sentence);
      return sentence;
    } finally {
      this.#onChange(id);
    }
  }

  /** What has arrived is kept. */
  pause(id) {
    this.#underWay.get(id)?.stop.abort();
  }

  /** Pauses all that is under way. */
  pauseAll() {
    for (const id of this.#underWay.keys()) this.pause(id);
  }

  /** Forgets why a download failed, once the model has been deleted. */
  forget(id) {
    this.#failures.delete(id);
  }

  #hear(mine, id, done) {
    if (mine.stop.signal.aborted) return;
    mine.arriving.done = done;
    mine.arriving.rate.note(done);
    mine.frame ||= requestAnimationFrame(() => {
      mine.frame = 0;
      this.#onChange(id);
    });
  }

  /** A browser without room lets the whole download pass by and keeps nothing: so it is looked at. */
  async #end(mine, { id, title }) {
    await this.#catalogue.refresh();
    if (this.#underWay.get(id) === mine) this.#underWay.delete(id);
    if (mine.stop.signal.aborted || isStored(this.#catalogue.models.get(id))) return words.models.nowStored(title);
    this.#failures.set(id, words.models.noRoom(title));
    return words.models.noRoom(title);
  }
}
