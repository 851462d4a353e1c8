/** How much care a photo gets: the one setting most people need. */
import { byId, make } from "./dom.js";
import { words } from "./words.js";
import {
  chosenFacts, download, exactDownload, expected, impossible, recommendation, speedFacts,
} from "./words/models.js";

/** @typedef {import("./catalogue.js").Catalogue} Catalogue */

export class Speeds {
  #group = byId("speeds");
  #inputs = [...this.#group.querySelectorAll("input")];
  #facts = byId("speed-facts");
  #advice = byId("speed-advice");
  #obstacles = byId("speed-obstacles");
  #catalogue;
  /** What a person pressed; "auto" until then, and Python says which speed that is. */
  #picked = "auto";

  /**
   * @param {Catalogue} catalogue
   * @param {() => void} onPick
   */
  constructor(catalogue, onPick) {
    this.#catalogue = catalogue;
    this.#group.addEventListener("change", ({ target }) => {
      this.#picked = target.value;
      onPick();
    });
  }

  /** @param {string} speed as if it had been pressed */
  pick(speed) {
    this.#picked = speed;
  }

  /** @returns {string} "auto", or the id of a speed */
  get picked() {
    return this.#picked;
  }

  /** @param {object | null} model that was chosen instead of a speed */
  show(model) {
    const { offer } = this.#catalogue;
    if (!offer) return;
    const current = model ? null : this.#catalogue.speed(this.#picked);
    for (const input of this.#inputs) {
      const speed = this.#catalogue.speed(input.value);
      input.checked = speed === current;
      input.disabled = !speed.available;
      this.#fill(input.closest("label"), speed, speed.id === offer.recommended_speed);
    }
    this.#explain(current, model);
  }

  #fill(label, speed, recommended) {
    label.title = exactDownload(speed);
    label.querySelector(".segment-title").textContent = speed.title;
    const size = make("data", { value: String(speed.missing) }, download(speed));
    const time = speed.available ? expected(speed) : words.models.notHereShort;
    const facts = time ? [size, make("span", {}, time)] : [size];
    label.querySelector(".segment-facts").replaceChildren(...facts);
    label.querySelector(".segment-mark").hidden = !recommended;
  }

  #explain(current, model) {
    const { offer } = this.#catalogue;
    const models = current?.models.map(this.#catalogue.loading).filter(Boolean) ?? [];
    const lines = model ? chosenFacts(model) : speedFacts(models);
    this.#facts.replaceChildren(...lines.map((line) => make("span", {}, line)));
    const best = this.#catalogue.speed(offer.recommended_speed);
    this.#advice.textContent = best ? recommendation(best) : offer.reason;
    const impossibles = offer.speeds.filter((speed) => !speed.available).map(impossible);
    this.#obstacles.replaceChildren(...impossibles.map((line) => make("span", {}, line)));
  }
}
