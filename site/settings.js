/** Which model and which provider, with the facts one needs to choose. */
import { bytes, deviceFacts, modelFacts, singleThread, words } from "./words.js";

/** @param {string[]} lines */
function write(paragraph, lines) {
  paragraph.replaceChildren(...lines.flatMap((line) => [line, document.createElement("br")]));
}

export class Settings {
  #model = document.getElementById("model");
  #provider = document.getElementById("provider");
  #facts = document.getElementById("model-facts");
  #device = document.getElementById("device");
  #models = new Map();

  /** @param {() => void} onChange another model or provider was chosen */
  constructor(onChange) {
    this.#model.addEventListener("change", () => {
      this.#describe();
      onChange();
    });
    this.#provider.addEventListener("change", onChange);
    this.#describe();
    this.#explainThreads();
  }

  /** @returns {{ model: string, provider: string }} ids, as the API takes them */
  get chosen() {
    return { model: this.#model.value, provider: this.#provider.value };
  }

  /**
   * The model a run is loading. Which one the automatic choice took is only known from its size.
   * @param {string} chosen id of a model, or "auto"
   * @param {number} size of what is loaded, in bytes
   * @returns {{ title: string, stored: boolean } | null} null where it cannot be told
   */
  loading(chosen, size) {
    const sameSize = [...this.#models.values()].filter((model) => model.bytes === size);
    const model = this.#models.get(chosen) ?? (sameSize.length === 1 ? sameSize[0] : null);
    return model ? { title: model.title, stored: model.stored >= model.bytes } : null;
  }

  /** @param {{ id: string, title: string, bytes: number, available: boolean }[]} models */
  offer(models) {
    if (!this.#models.size) {
      this.#model.append(...models.map((model) => this.#option(model)));
    }
    this.#models = new Map(models.map((model) => [model.id, model]));
    this.#describe();
  }

  /** @param {object} device facts from the engine */
  explain(device) {
    write(this.#device, deviceFacts(device));
  }

  #option(model) {
    const name = `${model.title} · ${bytes(model.bytes)}`;
    const option = new Option(model.available ? name : `${name}, ${words.unavailable}`, model.id);
    option.disabled = !model.available;
    return option;
  }

  #describe() {
    const model = this.#models.get(this.#model.value);
    write(this.#facts, model ? modelFacts(model) : [words.automaticModel]);
  }

  #explainThreads() {
    const line = document.getElementById("isolation");
    line.textContent = singleThread();
    line.hidden = !line.textContent;
  }
}
