/** Says what is going on: the stage in words, real bytes or the time that is left, a bar. */
import { isStored } from "./catalogue.js";
import { Countdown } from "./countdown.js";
import { Rate } from "./rate.js";
import { pace, stage } from "./words/doing.js";
import { bytesOf } from "./words/numbers.js";

/** @typedef {import("./types.js").Progress} Progress */

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
  /** Of the model that is being fetched. */
  #rate = null;
  #fetching = "";
  #countdown = new Countdown(() => this.#tellAmount(this.#countdown.told));

  /**
   * Takes as many steps of progress as come; draws the newest once per frame.
   * @param {Progress} progress
   * @param {{ title: string, bytes: number, stored: number } | null} model being loaded, where it
   *     is known
   */
  show(progress, model) {
    this.#measure(progress, model);
    this.#countdown.follow(progress, model);
    this.#next(() => this.#drawWork(progress, model));
  }

  /**
   * Something that nobody waits for: said, without a bar.
   * @param {string} sentence
   * @param {Progress} progress in bytes
   * @param {{ title: string, bytes: number, stored: number } | null} model
   */
  mention(sentence, progress, model) {
    this.#measure(progress, model);
    this.#countdown.stop();
    this.#next(() => {
      this.#bar.hidden = true;
      this.#say(sentence);
      this.#amount.textContent = this.#bytes(progress);
    });
  }

  /** @param {string} sentence what stands there once nothing is going on */
  rest(sentence) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#fetching = "";
    this.#countdown.stop();
    this.#bar.hidden = true;
    this.#amount.textContent = "";
    this.#say(sentence);
  }

  /** Every step counts for the rate, also those that no frame shows. */
  #measure({ stage: doing, done, model: id }, model) {
    const fetches = doing === "model" && model !== null && !isStored(model);
    if (!fetches) this.#fetching = "";
    else if (this.#fetching !== id) {
      this.#fetching = id;
      this.#rate = new Rate(model.stored);
    }
    if (fetches) this.#rate.note(done);
  }

  #bytes({ done, total }) {
    return bytesOf(done, total) + (this.#fetching ? pace(this.#rate, total - done) : "");
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
    this.#bar.hidden = false;
    if (counted || (done > 0 && done < total)) this.#bar.value = done / total;
    else this.#bar.removeAttribute("value");
    this.#tellAmount(counted ? this.#bytes(progress) : this.#countdown.told);
  }

  #tellAmount(amount) {
    this.#amount.textContent = amount;
    this.#bar.setAttribute("aria-valuetext", amount || this.#status.textContent);
  }

  /** Screen readers hear this line: it changes with the stage, not with every byte. */
  #say(sentence) {
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }
}
