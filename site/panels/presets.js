/** What marketplaces ask for, and whether the written file is it. Python has the list and the check. */
import { make, say } from "../dom.js";
import { words } from "../words.js";
import { sentence, translated } from "../words/python.js";
import { freshId } from "./parts.js";

const { labels, said } = words.panels;

export class Presets {
  element;
  #studio;
  #select = make("select", { id: freshId() });
  #note = make("p", { className: "facts", id: freshId() });
  #verdict = make("p", { className: "verdict", role: "status" });
  #known = new Map();
  #asked = false;

  /** @param {import("../studio.js").Studio} studio */
  constructor(studio) {
    this.#studio = studio;
    this.#select.append(new Option(labels.noPreset, ""));
    this.#select.setAttribute("aria-describedby", this.#note.id);
    this.#select.addEventListener("change", () => this.#pick(this.#select.value));
    this.element = make("div", { className: "preset" },
      make("label", { htmlFor: this.#select.id, textContent: labels.preset }),
      this.#select, this.#note, this.#verdict);
  }

  /** @param {import("../look.js").Look} look */
  show({ preset }) {
    if (this.#studio.result || this.#studio.forAll) this.#ask();
    this.#select.value = preset ?? "";
    const chosen = this.#known.get(preset);
    say(this.#note, chosen?.note ?? "");
    this.#judge(chosen);
  }

  /** What is found of the file as it was last written; a changed look is not written yet. */
  #judge(chosen) {
    const { work } = this.#studio;
    const found = work?.isMade ? work.result?.receipt.preset : null;
    this.#verdict.classList.toggle("failed", found?.met === false);
    if (!chosen) return say(this.#verdict, "");
    if (found?.id !== chosen.id) return say(this.#verdict, said.unchecked);
    say(this.#verdict, found.met ? said.meets(chosen.title) : said.fails(chosen.title, found.reasons.map(sentence)));
  }

  async #ask() {
    if (this.#asked) return;
    this.#asked = true;
    try {
      const cutaway = await this.#studio.cutaway();
      for (const preset of translated(await cutaway.presets(), "presets")) {
        this.#known.set(preset.id, preset);
        this.#select.append(new Option(preset.title, preset.id));
      }
      this.show(this.#studio.look);
    } catch (error) {
      // Asked again with the next change; the rest of the panel works without.
      this.#asked = false;
      console.warn(error);
    }
  }

  #pick(id) {
    const chosen = this.#known.get(id);
    if (!chosen) return this.#studio.change({ preset: null });
    const { background, frame, format, quality } = chosen;
    this.#studio.change({ preset: id, background, shadow: null, frame, output: { format, quality, lossless: false } });
  }
}
