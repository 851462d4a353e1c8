/** Says what is going on: the stage in words, real bytes, a bar. */
import { bytesOf, stage } from "./words.js";

/** @typedef {import("./cutaway.js").Progress} Progress */

/** @returns {boolean} whether bytes are on their way */
export function counts({ unit, done, total }) {
  return unit === "bytes" && total > 0 && done < total;
}

export class ProgressLine {
  #status = document.getElementById("status");
  #amount = document.getElementById("amount");
  #bar = document.getElementById("progress");
  #draw = null;
  #frame = 0;

  /**
   * Takes as many steps of progress as come; draws the newest once per frame.
   * @param {Progress} progress
   * @param {{ title: string, stored: boolean } | null} model being loaded, where it is known
   */
  show(progress, model) {
    this.#next(() => this.#drawWork(progress, model));
  }

  /**
   * Something that nobody waits for: said, without a bar.
   * @param {string} sentence
   * @param {Progress} progress in bytes
   */
  mention(sentence, { done, total }) {
    this.#next(() => {
      this.#bar.hidden = true;
      this.#say(sentence);
      this.#amount.textContent = bytesOf(done, total);
    });
  }

  /** @param {string} sentence what stands there once nothing is going on */
  rest(sentence) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#bar.hidden = true;
    this.#amount.textContent = "";
    this.#say(sentence);
  }

  #next(draw) {
    this.#draw = draw;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #drawWork(progress, model) {
    const { done, total } = progress;
    const counted = counts(progress);
    this.#say(stage(progress, model));
    this.#amount.textContent = counted ? bytesOf(done, total) : "";
    this.#bar.hidden = false;
    if (counted || (done > 0 && done < total)) this.#bar.value = done / total;
    else this.#bar.removeAttribute("value");
    this.#bar.setAttribute("aria-valuetext", this.#amount.textContent || this.#status.textContent);
  }

  /** Screen readers hear this line: it changes with the stage, not with every byte. */
  #say(sentence) {
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }
}
