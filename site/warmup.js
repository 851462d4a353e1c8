/** Loads a model before a photo comes, so that the photo finds it ready; never holds a photo up. */

/** @typedef {import("./types.js").Progress} Progress */
/** @typedef {import("./settings.js").Choice} Choice */

/** A page that is never idle is warmed up after this time all the same. */
const PATIENCE_MS = 3000;

/** Resolves when the page has nothing better to do. */
export function idle() {
  return new Promise((resolve) => {
    // Safari has no idle callbacks: a moment's rest has to do.
    if (globalThis.requestIdleCallback) requestIdleCallback(resolve, { timeout: PATIENCE_MS });
    else setTimeout(resolve, 300);
  });
}

export class WarmUp {
  #engine;
  #alike;
  #onProgress;
  #underWay = null;

  /**
   * @param {import("./engine.js").Engine} engine
   * @param {object} options
   * @param {(one: Choice, other: Choice) => boolean} options.alike whether two choices load the same
   * @param {(progress: Progress | null, choice: Choice) => void} options.onProgress null once it
   *     has ended
   */
  constructor(engine, { alike, onProgress }) {
    this.#engine = engine;
    this.#alike = alike;
    this.#onProgress = onProgress;
  }

  /** @returns {Progress | null} the newest, while a warm-up is under way */
  get progress() {
    return this.#underWay?.progress ?? null;
  }

  /**
   * Loads a model ahead of a photo. Its failure is nobody's business: a photo would meet it again.
   * @param {Choice} choice
   * @returns {Promise<{ model: string, provider: string } | null>} what is ready now
   */
  async start(choice) {
    // Who saves data fetches a model only for a photo.
    if (navigator.connection?.saveData) return null;
    if (this.#underWay && this.#alike(this.#underWay.choice, choice)) return null;
    this.#underWay?.stop.abort();
    const mine = { choice, stop: new AbortController(), progress: null };
    this.#underWay = mine;
    try {
      return await this.#prepared(mine);
    } catch (error) {
      console.debug(`No warm-up: ${error.message}`);
      return null;
    } finally {
      if (this.#underWay === mine) this.#end();
    }
  }

  /**
   * A photo comes. Where it needs what is being loaded, both share the load; else the way is free
   * at once.
   * @param {Choice} choice
   */
  makeWay(choice) {
    if (!this.#underWay || this.#alike(this.#underWay.choice, choice)) return;
    this.#underWay.stop.abort();
    this.#end();
  }

  async #prepared(mine) {
    const cutaway = await this.#engine.start();
    return cutaway.prepare({
      ...mine.choice,
      signal: mine.stop.signal,
      onProgress: (progress) => {
        if (this.#underWay !== mine) return;
        mine.progress = progress;
        this.#onProgress(progress, mine.choice);
      },
    });
  }

  #end() {
    const { progress, choice } = this.#underWay;
    this.#underWay = null;
    if (progress) this.#onProgress(null, choice);
  }
}
