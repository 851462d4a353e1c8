/** The subject's shadow: lengths are percent of the subject's longer side, so that they fit any photo. */
import { make } from "../dom.js";
import { words } from "../words.js";
import { Colour } from "./colour.js";
import { LIMITS } from "./limits.js";
import { Choice, offered } from "./parts.js";
import { Slider } from "./slider.js";

const { knobs, labels, said, shadows } = words.panels;

/** What a shadow is before anybody moves it, as Python has it. */
export const STANDARD = {
  drop: { kind: "drop", angle: 135, distance: 3, blur: 3, opacity: 0.35, colour: "#000000" },
  contact: { kind: "contact", angle: 180, distance: 0, blur: 2, opacity: 0.45, colour: "#000000" },
};
const MOVED = ["angle", "distance", "blur", "opacity"];

export class Shadow {
  element;
  #studio;
  #last = { ...STANDARD };
  #sliders = {};
  #colours = {};
  #groups = {};
  #kinds = new Choice(labels.shadow, offered(shadows),
    (kind) => this.#studio.change({ shadow: this.#last[kind] ?? null }));

  /** @param {import("../studio.js").Studio} studio */
  constructor(studio) {
    this.#studio = studio;
    for (const [kind, standard] of Object.entries(STANDARD)) this.#build(kind, standard);
    this.element = make("div", { className: "group" }, this.#kinds.element, ...Object.values(this.#groups));
  }

  /** @param {object | null} shadow */
  show(shadow) {
    this.#kinds.show(shadow?.kind ?? "none");
    for (const [kind, group] of Object.entries(this.#groups)) group.hidden = kind !== shadow?.kind;
    if (!shadow) return;
    const { kind } = shadow;
    this.#last[kind] = { ...STANDARD[kind], ...shadow };
    for (const name of MOVED) this.#sliders[kind][name].show(this.#last[kind][name]);
    this.#colours[kind].show(this.#last[kind].colour);
  }

  #build(kind, standard) {
    const set = (part, settle) => this.#studio.change({ shadow: { ...this.#last[kind], ...part } }, { settle });
    const sliders = {};
    for (const name of MOVED) {
      sliders[name] = new Slider({ ...knobs[name], ...LIMITS[name], standard: standard[name] },
        (value, settle) => set({ [name]: value }, settle));
    }
    this.#sliders[kind] = sliders;
    this.#colours[kind] = new Colour(labels.shadowColour, (colour, settle) => set({ colour }, settle));
    const elements = [...Object.values(sliders), this.#colours[kind]].map(({ element }) => element);
    this.#groups[kind] = make("div", { className: "group" },
      make("p", { className: "facts", textContent: said[kind] }), ...elements);
  }
}
