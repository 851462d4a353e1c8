/**
 * The steps that led to how a work looks now, to go back and forth among. A step is a look together
 * with the run that its cutout came from, so that another model can be undone like anything else.
 */
import { alike } from "./look.js";

/** So many steps can be undone; earlier ones are forgotten with their cutouts. */
const LONGEST = 100;

/**
 * @typedef {import("./look.js").Look} Look
 * @typedef {{ result: import("./types.js").Result, choice: import("./settings.js").Choice, made: Look }} Run
 *     a cutout, what it was cut with, and the look its file has
 */

export class History {
  /** @type {{ look: Look, run: Run | null }[]} */
  #steps;
  #at = 0;
  /** Moves with a control until it is let go. @type {Look | null} */
  #moving = null;

  /** @param {Look} look to begin with */
  constructor(look) {
    this.#steps = [{ look, run: null }];
  }

  /** @returns {Look} as it is now, also while a control moves */
  get current() {
    return this.#moving ?? this.#steps[this.#at].look;
  }

  /** @returns {Look} without what a control that moves makes of it */
  get settled() {
    return this.#steps[this.#at].look;
  }

  /** @returns {Run | null} null until there is a cutout */
  get run() {
    return this.#steps[this.#at].run;
  }

  /** @returns {boolean} whether a control moves that was not let go yet */
  get isMoving() {
    return this.#moving !== null;
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#steps.length - 1;
  }

  /**
   * @param {Look} look
   * @param {boolean} settle false while a control moves; true makes it a step
   */
  change(look, settle) {
    this.#moving = settle ? null : look;
    if (settle && !alike(look, this.#steps[this.#at].look)) this.#add({ look, run: this.run });
  }

  /** @param {Run} run anew, with another model for example: a step of its own, unless it is the first */
  ran(run) {
    if (this.run) this.#add({ look: this.#steps[this.#at].look, run });
    else this.hold(null, run);
  }

  /**
   * The same cutout in another file: nothing to undo.
   * @param {Run} before
   * @param {Run} run in its place, in every step that had it
   */
  hold(before, run) {
    this.#steps = this.#steps.map((step) => (step.run === before ? { ...step, run } : step));
  }

  undo() {
    if (this.#moving) this.#moving = null;
    else if (this.canUndo) this.#at--;
  }

  redo() {
    this.#moving = null;
    if (this.canRedo) this.#at++;
  }

  #add(step) {
    this.#steps = [...this.#steps.slice(0, this.#at + 1), step].slice(-LONGEST);
    this.#at = this.#steps.length - 1;
  }
}
