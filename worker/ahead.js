/**
 * What the inference worker loads while Python still boots: the model that Python noted down in the
 * last visit. Only where the store has all of it, since nobody has asked for a download.
 */
import { timed } from "./timeline.js";

export class Ahead {
  /** `{ model, provider, threads, loading }`, until somebody asks. */
  #begun = null;

  /** Whether something is loaded that nobody has asked for yet. */
  get waits() {
    return this.#begun !== null;
  }

  /**
   * @param {object} build
   * @param {import("./store.js").Store} store
   * @param {(asked: object) => Promise<object>} load as the inference worker does it
   */
  async begin(build, store, load) {
    const noted = JSON.parse((await store.recall()) || "{}");
    const part = noted.build === build.id && noted.ahead ? build.models[noted.ahead.model] : null;
    if (!part || (await store.stored(part)) < part.bytes) return;
    const { model, provider, threads } = noted.ahead;
    const loading = timed(`ahead ${model}`, () => load({ model, part, provider, threads }));
    this.#begun = { model, provider, threads, loading: loading.catch(() => null) };
  }

  /**
   * What was loaded, for the first who asks for just that; null where it failed or nothing was.
   * @param {{ model: string, provider: string, threads: number }} asked
   * @param {() => void} giveBack ends the worker: what it has loaded is not what is wanted
   */
  async take(asked, giveBack) {
    const begun = this.#begun;
    this.#begun = null;
    if (!begun) return null;
    if (["model", "provider", "threads"].every((name) => begun[name] === asked[name])) return begun.loading;
    giveBack();
    return null;
  }

  /** The worker was ended, and with it all that it had loaded. */
  forget() {
    this.#begun = null;
  }
}
