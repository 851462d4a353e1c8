/** What lies behind the subject, and its shadow. */
import { make } from "../dom.js";
import { words } from "../words.js";
import { Colour, Swatches } from "./colour.js";
import { hiddenIcon } from "./icons.js";
import { LIMITS } from "./limits.js";
import { Choice, offered } from "./parts.js";
import { Section } from "./section.js";
import { Shadow } from "./shadow.js";
import { Slider } from "./slider.js";

const { backgrounds, knobs, labels, said, swatches, titles } = words.panels;

/** @returns {object} a background in its long form; the kind "none" for null */
function told(background) {
  if (background === null) return { kind: "none" };
  if (typeof background === "string") return { kind: "colour", colour: background };
  return background instanceof Blob ? { kind: "image", image: background } : background;
}

export class BackgroundPanel {
  #studio;
  /** What each kind was last, so that nothing is lost by switching. */
  #last = {
    none: { kind: "none" },
    colour: { kind: "colour", colour: "#ffffff" },
    gradient: { kind: "gradient", from: "#ffffff", to: "#cfd6d3", angle: 180 },
    blur: { kind: "blur", radius: 20 },
  };
  /** The background for which an image is still to be chosen. */
  #awaited = undefined;
  #kinds = new Choice(labels.behind,
    offered(backgrounds).map((kind) => ({ ...kind, picture: thumbnail(kind.value) })),
    (kind) => this.#pick(kind), "tiles");
  #groups;
  #swatches = new Swatches(labels.colours, swatches, (colour) => this.#set({ colour }));
  #colour = new Colour(labels.colour, (colour, settle) => this.#set({ colour }, settle));
  #from = new Colour(labels.from, (from, settle) => this.#set({ from }, settle));
  #to = new Colour(labels.to, (to, settle) => this.#set({ to }, settle));
  #angle = new Slider({ ...knobs.angle, ...LIMITS.angle, standard: this.#last.gradient.angle },
    (angle, settle) => this.#set({ angle }, settle));
  #radius = new Slider({ ...knobs.radius, ...LIMITS.radius, standard: this.#last.blur.radius },
    (radius, settle) => this.#set({ radius }, settle));
  #image = new ImageChoice((image) => this.#take(image));

  /**
   * @param {HTMLElement} root an empty section
   * @param {import("../studio.js").Studio} studio
   */
  constructor(root, studio) {
    this.#studio = studio;
    const swap = make("button", { type: "button" }, hiddenIcon("swap"), labels.swap);
    swap.addEventListener("click", () => this.#swap());
    this.#groups = {
      colour: make("div", { className: "group" }, this.#swatches.element, this.#colour.element),
      gradient: make("div", { className: "group" },
        make("div", { className: "side-by-side" }, this.#from.element, this.#to.element), swap, this.#angle.element),
      image: make("div", { className: "group" }, this.#image.element),
      blur: make("div", { className: "group" }, this.#radius.element),
    };
    const shadow = new Shadow(studio);
    new Section(root, studio, {
      title: titles.background,
      parts: ["background", "shadow"],
      controls: [this.#kinds.element, ...Object.values(this.#groups), shadow.element],
      show: (look) => {
        this.#show(look.background);
        shadow.show(look.shadow);
      },
    });
  }

  get #current() {
    return told(this.#studio.look.background);
  }

  #show(background) {
    if (background !== this.#awaited) this.#awaited = undefined;
    const now = told(background);
    const kind = this.#awaited === undefined ? now.kind : "image";
    this.#last[now.kind] = now;
    this.#kinds.show(kind);
    for (const [name, group] of Object.entries(this.#groups)) group.hidden = name !== kind;
    const { colour, gradient, image, blur } = this.#last;
    this.#swatches.show(colour.colour);
    this.#colour.show(colour.colour);
    this.#from.show(gradient.from);
    this.#to.show(gradient.to);
    this.#angle.show(gradient.angle);
    this.#radius.show(blur.radius);
    this.#image.show(image?.image ?? null);
    this.#paint(colour, gradient);
  }

  /** The thumbnails have the colours that pressing them gives. */
  #paint({ colour }, { from, to, angle }) {
    const { style } = this.#kinds.element;
    style.setProperty("--tint", colour);
    style.setProperty("--gradient", `linear-gradient(${angle}deg, ${from}, ${to})`);
  }

  #pick(kind) {
    this.#awaited = undefined;
    const background = this.#last[kind];
    if (background) return this.#change(background, true);
    // Nothing is changed before an image is there.
    this.#awaited = this.#studio.look.background;
    this.#show(this.#awaited);
  }

  #set(part, settle = true) {
    this.#change({ ...this.#current, ...part }, settle);
  }

  #take(image) {
    this.#awaited = undefined;
    this.#change({ kind: "image", image }, true);
  }

  #swap() {
    const { from, to } = this.#current;
    this.#set({ from: to, to: from });
  }

  #change(background, settle) {
    // What no background is asked of cannot be as a marketplace asks.
    const part = background.kind === "none" ? { background: null, preset: null } : { background };
    this.#studio.change(part, { settle });
  }
}

/** A button that lets an image be chosen, and the name of the one that is. */
class ImageChoice {
  element;
  #button = make("button", { type: "button" });
  #text = make("span");
  #name = make("p", { className: "facts" });

  /** @param {(image: File) => void} onChoose */
  constructor(onChoose) {
    const file = make("input", { type: "file", accept: "image/*", ariaLabel: labels.imageFile, hidden: true });
    this.#button.append(hiddenIcon("image"), this.#text);
    this.#button.addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      if (file.files.length) onChoose(file.files[0]);
      file.value = "";
    });
    this.element = make("div", { className: "image-choice" }, this.#button, this.#name, file);
  }

  /** @param {Blob | null} image */
  show(image) {
    this.#text.textContent = image ? labels.otherImage : labels.chooseImage;
    this.#name.textContent = image ? image.name ?? "" : said.noImage;
  }
}

function thumbnail(kind) {
  const picture = make("span", { className: `thumbnail ${kind}`, ariaHidden: "true" });
  if (kind === "image") picture.append(hiddenIcon("image"));
  return picture;
}
