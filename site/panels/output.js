/** The file: its format, what is lost and kept, how large it gets, and the ways out. */
import { make } from "../dom.js";
import { words } from "../words.js";
import { Estimate } from "./estimate.js";
import { FormatGroup } from "./format-group.js";
import { Choice, offered, Toggle } from "./parts.js";
import { Section } from "./section.js";
import { Ways } from "./ways.js";

const { formats, labels, said, titles } = words.panels;

/** Names of formats are the same in every language. */
const FORMATS = { "image/png": "PNG", "image/webp": "WebP", "image/avif": "AVIF", "image/jpeg": "JPEG" };

export class OutputPanel {
  #studio;
  #groups = new Map();
  #format = new Choice(labels.format,
    offered(FORMATS), (format) => this.#pick(format));
  #sentence = make("p", { className: "facts" });
  #metadata = new Toggle(labels.metadata, said.metadataHint,
    (keep) => this.#studio.change({ output: { metadata: keep ? "keep" : "strip" } }));

  /**
   * @param {HTMLElement} root an empty section
   * @param {import("../studio.js").Studio} studio
   */
  constructor(root, studio) {
    this.#studio = studio;
    for (const format of Object.keys(FORMATS)) {
      this.#groups.set(format, new FormatGroup(format,
        (output, settle = true) => studio.change({ output }, { settle })));
    }
    const size = make("p", { className: "estimate", role: "status" });
    const estimate = new Estimate(studio, size);
    const ways = new Ways(studio);
    new Section(root, studio, {
      title: titles.output,
      parts: ["output"],
      controls: [
        make("div", { className: "group tight" }, this.#format.element, this.#sentence),
        ...[...this.#groups.values()].map(({ element }) => element),
        this.#metadata.element, size, ways.element,
      ],
      show: ({ output }) => {
        this.#show(output);
        ways.show();
        estimate.refresh();
      },
    });
  }

  #show(output) {
    this.#format.show(output.format);
    this.#sentence.textContent = formats[output.format];
    for (const [format, group] of this.#groups) {
      group.element.hidden = format !== output.format;
      if (format === output.format) group.show(output);
    }
    this.#metadata.show(output.metadata === "keep");
  }

  /** Each format has its own idea of quality, so each keeps what was set for it. */
  #pick(format) {
    this.#studio.change({ output: { format, ...this.#groups.get(format).kept } });
  }
}
