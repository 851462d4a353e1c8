/** What a person may choose: a speed, or a model instead, and the provider. */
import { isStored } from "./catalogue.js";
import { byId } from "./dom.js";
import { recall, remember } from "./kept.js";
import { Speeds } from "./speeds.js";
import { words } from "./words.js";
import { deviceFacts, singleThread } from "./words/doing.js";
import { bytes } from "./words/numbers.js";

/** @typedef {{ model: string, speed: string, provider: string }} Choice as the API takes it */

export class Settings {
  #provider = byId("provider");
  #device = byId("device");
  #kept = byId("models-kept");
  #catalogue;
  #speeds;
  #onChange;
  /** Id of a model chosen by hand; "auto" where the speed decides. */
  #model = "auto";

  /**
   * @param {import("./catalogue.js").Catalogue} catalogue
   * @param {() => void} onChange another speed, model or provider was chosen
   */
  constructor(catalogue, onChange) {
    this.#catalogue = catalogue;
    this.#onChange = onChange;
    this.#speeds = new Speeds(catalogue, () => this.use("auto"));
    this.#model = recall("model") ?? "auto";
    this.#speeds.pick(recall("speed") ?? "auto");
    this.#provider.addEventListener("change", onChange);
    catalogue.onChange(() => this.#show());
    this.#explainThreads();
  }

  /** @returns {Choice} */
  get chosen() {
    const speed = this.#model === "auto" ? this.#speeds.picked : "auto";
    return { model: this.#model, speed, provider: this.#provider.value };
  }

  /** @returns {boolean} whether all is as the engine itself would choose */
  get untouched() {
    return this.chosen.model === "auto" && this.chosen.speed === "auto";
  }

  /** @returns {boolean} whether nothing has to be fetched for what is chosen */
  get isStored() {
    const model = this.#catalogue.models.get(this.#model);
    return model ? isStored(model) : this.#catalogue.speed(this.#speeds.picked)?.missing === 0;
  }

  /** @param {string} model an id, or "auto" to let the speed decide */
  use(model) {
    this.#model = model;
    remember("model", model);
    remember("speed", this.#speeds.picked);
    this.#show();
    this.#onChange();
  }

  /** @param {Choice} choice of the cutout that is shown, as if it had been chosen anew */
  show({ model, speed, provider }) {
    this.#model = model;
    this.#speeds.pick(speed);
    this.#provider.value = provider;
    this.#show();
  }

  /** Whether two choices load the same models in the same way. */
  alike = (one, other) => one.provider === other.provider && this.#means(one) === this.#means(other);

  /** @param {object} device facts from the engine */
  explain(device) {
    this.#device.replaceChildren(...deviceFacts(device).flatMap((line) => [line, document.createElement("br")]));
  }

  #means({ model, speed }) {
    return model === "auto" ? this.#catalogue.speed(speed)?.id ?? speed : model;
  }

  #show() {
    const model = this.#catalogue.models.get(this.#model);
    // A model of one's own may have been deleted meanwhile.
    if (this.#model !== "auto" && !model?.available) return this.use("auto");
    // What was chosen in another visit may be more than this device can do now.
    const speed = this.#catalogue.speed(this.#speeds.picked);
    if (this.#catalogue.offer && !speed?.available) this.#speeds.pick("auto");
    this.#speeds.show(model ?? null);
    const { stored } = this.#catalogue;
    const { sizeStored, nothingStored } = words.models;
    this.#kept.textContent = stored ? sizeStored(bytes(stored)) : nothingStored;
  }

  #explainThreads() {
    const line = byId("isolation");
    line.textContent = singleThread();
    line.hidden = !line.textContent;
  }
}
