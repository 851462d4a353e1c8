/** Which model and which provider, with the facts one needs to choose. */
import { automaticFacts, bytes, deviceFacts, modelFacts, singleThread, words } from "./words.js";

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
  /** Id of the model that the automatic choice took; empty until the engine has named it. */
  #automatic = "";

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

  /** Whether two choices, as from `chosen`, load the same model in the same way. */
  alike = (one, other) =>
    one.provider === other.provider && this.#resolved(one.model) === this.#resolved(other.model);

  /** @returns {string} the name of a model for people */
  title = (id) => this.#models.get(id)?.title ?? id;

  /**
   * @param {string} id of the model that progress is about
   * @returns {{ title: string, stored: boolean } | null} null where it is about none
   */
  loading(id) {
    const model = this.#models.get(id);
    return model ? { title: model.title, stored: model.stored >= model.bytes } : null;
  }

  /** @param {{ id: string, title: string, bytes: number, available: boolean, automatic: boolean }[]} models */
  offer(models) {
    if (!this.#models.size) this.#model.append(...models.map((model) => this.#option(model)));
    this.#models = new Map(models.map((model) => [model.id, model]));
    this.#automatic ||= models.find((model) => model.automatic)?.id ?? "";
    this.#describe();
  }

  /** @param {string} id of the model that the automatic choice took */
  took(id) {
    if (id === this.#automatic) return;
    this.#automatic = id;
    this.#describe();
  }

  /** @param {object} device facts from the engine */
  explain(device) {
    write(this.#device, deviceFacts(device));
  }

  #resolved(id) {
    return id === "auto" ? this.#automatic || id : id;
  }

  #option(model) {
    const name = `${model.title} · ${model.bytes ? bytes(model.bytes) : words.noDownload}`;
    const option = new Option(model.available ? name : `${name}, ${words.unavailable}`, model.id);
    option.disabled = !model.available;
    return option;
  }

  #others(model) {
    return [...this.#models.values()].filter((other) => other.available && other !== model);
  }

  #describe() {
    const taken = this.#models.get(this.#automatic);
    if (taken) this.#model.options[0].text = words.automatic(taken.title);
    const id = this.#model.value;
    const model = this.#models.get(this.#resolved(id));
    if (!model) return write(this.#facts, [words.automaticModel]);
    const facts = id === "auto" ? automaticFacts(model, this.#others(model)) : modelFacts(model);
    write(this.#facts, facts);
  }

  #explainThreads() {
    const line = document.getElementById("isolation");
    line.textContent = singleThread();
    line.hidden = !line.textContent;
  }
}
