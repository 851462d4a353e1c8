/** Asking the model that selects: whether it may be fetched, one question at a time, how far it is. */

/** What such a model is called in the registry. */
const KIND = "prompted";

/** @typedef {{ points: object[], box: object | null }} Prompt */

export class Asking {
  #studio;
  #onChange;
  #agreed = false;
  #stop = null;
  /** @type {{ prompt: Prompt, done: (answer: object | null) => void } | null} */
  #next = null;
  /** The model that would have to be fetched first. @type {object | null} */
  offer = null;
  /** @type {boolean} */
  isBusy = false;
  /** @type {import("../types.js").Progress | null} */
  progress = null;
  /** Why there is no answer. */
  failure = "";

  /**
   * @param {import("../studio.js").Studio} studio
   * @param {() => void} onChange something of it is another
   */
  constructor(studio, onChange) {
    this.#studio = studio;
    this.#onChange = onChange;
  }

  /** The model may be fetched. */
  agree() {
    this.#agreed = true;
    this.offer = null;
  }

  /** Ends what is under way. */
  stop() {
    this.#next?.done(null);
    this.#next = null;
    this.#stop?.abort();
  }

  /**
   * @param {Prompt} prompt
   * @returns {Promise<object | null>} what `cutaway.select` answers; null where something newer was
   *     asked, it was ended, or there is a `failure`
   */
  ask(prompt) {
    this.#next?.done(null);
    return new Promise((done) => {
      this.#next = { prompt, done };
      this.#run();
    });
  }

  async #run() {
    if (this.isBusy) return;
    this.isBusy = true;
    while (this.#next) {
      const { prompt, done } = this.#next;
      this.#next = null;
      this.#onChange();
      done(await this.#one(prompt));
    }
    this.isBusy = false;
    this.#onChange();
  }

  async #one(prompt) {
    this.#stop = new AbortController();
    this.failure = "";
    try {
      const cutaway = await this.#studio.cutaway();
      if (!(await this.#mayAsk(cutaway))) return null;
      return await this.#select(cutaway, prompt);
    } catch (error) {
      if (error.code !== "cancelled") this.failure = error.message;
      return null;
    } finally {
      this.progress = null;
      this.#stop = null;
    }
  }

  /** Nothing large is fetched before somebody has said so. */
  async #mayAsk(cutaway) {
    if (this.#agreed) return true;
    const model = (await cutaway.models()).find(({ kind }) => kind === KIND) ?? { available: false };
    this.#agreed = model.available && model.stored >= model.bytes;
    this.offer = this.#agreed ? null : model;
    return this.#agreed;
  }

  /** A photo that came back is taken in again first. */
  async #select(cutaway, prompt) {
    const { signal } = this.#stop;
    const onProgress = (progress) => {
      this.progress = progress;
      this.#onChange();
    };
    const ask = () => cutaway.select(this.#studio.result, prompt, { signal, onProgress });
    try {
      return await ask();
    } catch (error) {
      if (error.code !== "not-held") throw error;
      await this.#studio.render({ anew: true });
      return ask();
    }
  }
}
