/** What the engine offers and what of it is stored: asked once for all who show it. */
import { offered, translated } from "./words/python.js";

/** @returns {boolean} whether all of a model is stored */
export function isStored(model) {
  return model.stored >= model.bytes;
}

export class Catalogue {
  #engine;
  #listeners = [];
  #newest = null;

  /** The registry's models and a person's own, by id. */
  models = new Map();
  /** The answer of `cutaway.tiers()`; null until the engine has given it. */
  offer = null;

  /** @param {import("./engine.js").Engine} engine */
  constructor(engine) {
    this.#engine = engine;
  }

  /** @param {() => void} listener hears of every new answer */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  /** Asks anew; settles once an answer is here that was asked for now or later. */
  refresh() {
    const asked = this.#ask().then((answer) => {
      if (asked !== this.#newest) return this.#newest;
      [this.models, this.offer] = answer;
      for (const listener of this.#listeners) listener();
    });
    this.#newest = asked;
    return asked;
  }

  /** @returns {string} the name of a model for people */
  title = (id) => this.models.get(id)?.title ?? id;

  /**
   * @param {string} id of the model that progress is about
   * @returns {{ title: string, bytes: number, stored: number } | null} null where it is about none
   */
  loading = (id) => this.models.get(id) ?? null;

  /** @returns {object | null} what the engine says of a speed; "auto" is its default */
  speed(id) {
    const wanted = id === "auto" ? this.offer?.default : id;
    return this.offer?.speeds.find((speed) => speed.id === wanted) ?? null;
  }

  /** @returns {number} bytes of all models that are stored */
  get stored() {
    return [...this.models.values()].reduce((sum, model) => sum + model.stored, 0);
  }

  async #ask() {
    const cutaway = await this.#engine.start();
    const [models, offer] = await Promise.all([cutaway.models(), cutaway.tiers()]);
    return [new Map(translated(models, "models").map((model) => [model.id, model])), offered(offer)];
  }
}
