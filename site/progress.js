/** Says what is going on: the stage in words, real bytes, a bar. */
import { bytesOf, stage } from "./words.js";

export class ProgressLine {
  #status = document.getElementById("status");
  #amount = document.getElementById("amount");
  #bar = document.getElementById("progress");
  #next = null;
  #frame = 0;

  /**
   * Takes as many steps of progress as come; draws the newest once per frame.
   * @param {{ stage: string, done: number, total: number, unit: "bytes" | "step" }} progress
   * @param {{ title: string, stored: boolean } | null} model being loaded, where it is known
   */
  show(progress, model) {
    this.#next = { progress, model };
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** @param {string} sentence what stands there once nothing is going on */
  rest(sentence) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#bar.hidden = true;
    this.#amount.textContent = "";
    this.#say(sentence);
  }

  #draw() {
    this.#frame = 0;
    const { progress, model } = this.#next;
    const { unit, done, total } = progress;
    const counts = unit === "bytes" && total > 0 && done < total;
    this.#say(stage(progress, model));
    this.#amount.textContent = counts ? bytesOf(done, total) : "";
    this.#bar.hidden = false;
    if (counts || (done > 0 && done < total)) this.#bar.value = done / total;
    else this.#bar.removeAttribute("value");
    this.#bar.setAttribute("aria-valuetext", this.#amount.textContent || this.#status.textContent);
  }

  /** Screen readers hear this line: it changes with the stage, not with every byte. */
  #say(sentence) {
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }
}
