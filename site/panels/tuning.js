/** Tuning the edge: what people move while they look. */
import { make } from "../dom.js";
import { alike, DEFAULT_LOOK } from "../look.js";
import { words } from "../words.js";
import { hiddenIcon } from "./icons.js";
import { LIMITS } from "./limits.js";
import { Section } from "./section.js";
import { Slider } from "./slider.js";

const { knobs, labels, titles } = words.panels;

const { refine: UNTOUCHED } = DEFAULT_LOOK;
const HOLD = new Set([" ", "Enter"]);

export class TuningPanel {
  #studio;
  #sliders = new Map();
  #compare = make("button", { type: "button", className: "compare-default" },
    hiddenIcon("compare"), labels.compare);
  /** What is set, while the default is seen instead. */
  #own = null;

  /**
   * @param {HTMLElement} root an empty section
   * @param {import("../studio.js").Studio} studio
   */
  constructor(root, studio) {
    this.#studio = studio;
    for (const [name, standard] of Object.entries(UNTOUCHED)) {
      const slider = new Slider({ ...knobs[name], ...LIMITS[name], standard },
        (value, settle) => studio.change({ refine: { [name]: value } }, { settle }));
      this.#sliders.set(name, slider);
    }
    this.#offerComparison();
    new Section(root, studio, {
      title: titles.tuning,
      parts: ["refine"],
      controls: [...[...this.#sliders.values()].map(({ element }) => element), this.#compare],
      show: ({ refine }) => this.#showEach(refine),
    });
  }

  #showEach(refine) {
    // The sliders stay where they are while the default is only looked at.
    if (this.#own) return;
    for (const [name, slider] of this.#sliders) slider.show(refine[name]);
    this.#compare.disabled = alike(refine, UNTOUCHED);
  }

  #offerComparison() {
    const button = this.#compare;
    button.addEventListener("pointerdown", () => this.#hold());
    button.addEventListener("keydown", ({ key }) => { if (HOLD.has(key)) this.#hold(); });
    for (const end of ["pointerup", "pointercancel", "pointerleave", "keyup", "blur"]) {
      button.addEventListener(end, () => this.#release());
    }
    // A long press is a menu on phones.
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  #hold() {
    if (this.#own) return;
    this.#own = this.#studio.look.refine;
    this.#compare.ariaPressed = "true";
    this.#studio.change({ refine: UNTOUCHED }, { settle: false });
  }

  #release() {
    if (!this.#own) return;
    const refine = this.#own;
    this.#own = null;
    this.#compare.ariaPressed = "false";
    this.#studio.change({ refine }, { settle: true });
  }
}
