/** The picture around the subject: where it is cut, its shape and its size. */
import { make } from "../dom.js";
import { words } from "../words.js";
import { LIMITS } from "./limits.js";
import { Choice, NumberField, offered } from "./parts.js";
import { Presets } from "./presets.js";
import { Section } from "./section.js";
import { Slider } from "./slider.js";

const { aspects, crops, knobs, labels, titles } = words.panels;

const ASPECTS = { photo: aspects.photo, "1:1": "1:1", "4:5": "4:5", "16:9": "16:9", own: aspects.own };
/** The whole photo as it is. */
const WHOLE = { crop: "photo", aspect: "photo", margin: 0, width: null, height: null };
const LARGEST_SIDE = 20_000;

export class ProductPanel {
  #studio;
  /** The last proportions of one's own, and whether their fields stay although a button says the same. */
  #own = [3, 2];
  #wantsOwn = false;
  #crop = new Choice(labels.crop, offered(crops), (crop) => this.#set({ crop }));
  #margin = new Slider({ ...knobs.margin, ...LIMITS.margin, standard: 0 },
    (margin, settle) => this.#set({ margin }, settle));
  #aspect = new Choice(labels.aspect, offered(ASPECTS), (aspect) => this.#shape(aspect));
  #ratio = [0, 1].map((side) => new NumberField([labels.ratioAcross, labels.ratioDown][side],
    { most: 100 }, (value) => this.#proportion(side, value)));
  #ownRatio = make("div", { className: "side-by-side" }, ...this.#ratio.map(({ element }) => element));
  #width = new NumberField(labels.across, sizes(), (width) => this.#set({ width }));
  #height = new NumberField(labels.down, sizes(), (height) => this.#set({ height }));

  /**
   * @param {HTMLElement} root an empty section
   * @param {import("../studio.js").Studio} studio
   */
  constructor(root, studio) {
    this.#studio = studio;
    const presets = new Presets(studio);
    const size = make("div", { className: "side-by-side" }, this.#width.element, this.#height.element);
    new Section(root, studio, {
      title: titles.product,
      parts: ["preset", "frame"],
      controls: [
        presets.element, this.#crop.element, this.#margin.element, this.#aspect.element, this.#ownRatio, size,
        make("p", { className: "facts", textContent: labels.sizeHint }),
      ],
      show: (look) => {
        presets.show(look);
        this.#show(look.frame);
      },
    });
  }

  get #frame() {
    return { ...WHOLE, ...this.#studio.look.frame };
  }

  #show(given) {
    const frame = { ...WHOLE, ...given };
    const shape = this.#shapeOf(frame);
    this.#crop.show(frame.crop);
    this.#margin.show(frame.margin);
    this.#margin.element.hidden = frame.crop !== "subject";
    this.#aspect.show(shape);
    this.#ownRatio.hidden = shape !== "own";
    this.#ratio.forEach((field, side) => field.show(this.#own[side]));
    this.#width.show(frame.width);
    this.#height.show(frame.height);
  }

  /** @returns {string | null} which of the shapes it is; null where width and height alone say so */
  #shapeOf({ aspect, width, height }) {
    if (width && height && !sameShape(aspect, width, height)) return null;
    const own = !(aspect in ASPECTS) || (this.#wantsOwn && aspect === this.#own.join(":"));
    if (!own) return aspect;
    this.#own = aspect.split(":").map(Number);
    return "own";
  }

  #shape(picked) {
    this.#wantsOwn = picked === "own";
    const aspect = this.#wantsOwn ? this.#own.join(":") : picked;
    // Width and height together would be a shape of their own.
    this.#set({ aspect, height: null });
  }

  #proportion(side, value) {
    this.#own[side] = value ?? this.#own[side];
    this.#wantsOwn = true;
    this.#set({ aspect: this.#own.join(":"), height: null });
  }

  #set(part, settle = true) {
    const frame = { ...this.#frame, ...part };
    const whole = Object.entries(WHOLE).every(([name, value]) => frame[name] === value);
    this.#studio.change(whole ? { frame: null, preset: null } : { frame }, { settle });
  }
}

function sizes() {
  return { most: LARGEST_SIDE, placeholder: labels.ownSize, unit: "px" };
}

function sameShape(aspect, width, height) {
  if (aspect === "photo") return false;
  const [across, down] = aspect.split(":").map(Number);
  return Math.abs(width * down - height * across) <= Math.max(across, down);
}
