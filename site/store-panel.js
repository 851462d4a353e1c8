/** What is stored on this device altogether, and what can be done about it. */
import { byId, size } from "./dom.js";
import { words } from "./words.js";
import { cleared } from "./words/models.js";

export class StorePanel {
  #keep = byId("keep");
  #state = byId("keep-state");
  #clear = byId("delete-all");
  #engine;
  #catalogue;
  #downloads;
  #tell;

  /**
   * @param {object} parts
   * @param {import("./engine.js").Engine} parts.engine
   * @param {import("./catalogue.js").Catalogue} parts.catalogue
   * @param {import("./downloads.js").Downloads} parts.downloads
   * @param {(sentence: string) => void} parts.tell
   * @param {(error: unknown) => void} parts.onError
   */
  constructor({ engine, catalogue, downloads, tell, onError }) {
    this.#engine = engine;
    this.#catalogue = catalogue;
    this.#downloads = downloads;
    this.#tell = tell;
    this.#keep.addEventListener("click", () => this.#ask().catch(onError));
    this.#clear.addEventListener("click", () => this.#deleteAll().catch(onError));
  }

  /** Asks the browser anew. */
  async refresh() {
    const { stored } = this.#catalogue;
    byId("stored-models").replaceChildren(size(stored));
    this.#clear.disabled = stored === 0;
    const cutaway = await this.#engine.start();
    const { usage, quota, persisted } = await cutaway.cache.usage();
    this.#figure("stored-site", usage);
    this.#figure("stored-quota", quota);
    this.#keep.hidden = persisted || !navigator.storage?.persist;
    this.#state.textContent = persisted ? words.models.keeps : words.models.mayDelete;
  }

  /** Not every browser tells these. */
  #figure(id, count) {
    byId(id).replaceChildren(typeof count === "number" ? size(count) : words.models.notTold);
  }

  async #ask() {
    const cutaway = await this.#engine.start();
    const agreed = await cutaway.cache.persist();
    await this.refresh();
    this.#tell(agreed ? words.models.persisted : words.models.refused);
  }

  async #deleteAll() {
    const freed = this.#catalogue.stored;
    const own = [...this.#catalogue.models.values()].some((model) => model.own);
    this.#downloads.pauseAll();
    const cutaway = await this.#engine.start();
    await cutaway.cache.clear();
    await this.#catalogue.refresh();
    this.#tell(cleared(freed, own));
  }
}
