/** What can be chosen for one format. */
import { make } from "../dom.js";
import { words } from "../words.js";
import { LIMITS, QUALITIES } from "./limits.js";
import { Choice, offered, Toggle } from "./parts.js";
import { Slider } from "./slider.js";

const { efforts, knobs, labels, said } = words.panels;

/** What means something for each format. */
const OFFERED = {
  "image/png": ["effort"],
  "image/webp": ["lossless", "quality"],
  "image/avif": ["lossless", "quality", "depth"],
  "image/jpeg": ["quality"],
};

const DEPTHS = { 8: "8", 10: "10" };

export class FormatGroup {
  element = make("div", { className: "group" });
  /** What was last set of what formats understand differently. */
  kept;
  #format;
  #controls = {};

  /**
   * @param {string} format as a MIME type
   * @param {(output: object, settle?: boolean) => void} set
   */
  constructor(format, set) {
    this.#format = format;
    this.kept = { quality: QUALITIES[format] ?? null, lossless: false };
    const makers = {
      quality: () => new Slider({ ...knobs.quality, ...LIMITS.quality, standard: QUALITIES[format] },
        (quality, settle) => set({ quality: Math.round(quality) }, settle)),
      lossless: () => new Toggle(labels.lossless, said.lossless, (lossless) => set({ lossless })),
      effort: () => new Choice(labels.effort, offered(efforts), (effort) => set({ effort })),
      depth: () => new Choice(labels.depth, offered(DEPTHS), (depth) => set({ depth: Number(depth) })),
    };
    for (const name of OFFERED[format]) {
      this.#controls[name] = makers[name]();
      this.element.append(this.#controls[name].element);
    }
  }

  /** @param {import("../look.js").Look["output"]} output */
  show({ quality, lossless, effort, depth }) {
    this.kept = { quality: quality ?? this.kept.quality, lossless };
    this.#controls.quality?.show(quality ?? QUALITIES[this.#format]);
    for (const lossy of ["quality", "depth"]) {
      if (this.#controls[lossy]) this.#controls[lossy].element.hidden = lossless;
    }
    this.#controls.lossless?.show(lossless);
    this.#controls.effort?.show(effort);
    this.#controls.depth?.show(String(depth));
  }
}
