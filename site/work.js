/** One photo on its way to a cutout, with all that was decided about it. */
import { History } from "./history.js";
import { alike, DEFAULT_LOOK } from "./look.js";

/**
 * @typedef {import("./look.js").Look} Look
 * @typedef {import("./history.js").Run} Run
 * @typedef {"waiting" | "working" | "stopped" | "failed" | "done"} State
 */

/** Says "change" whenever something about it is another. */
export class Work extends EventTarget {
  /** @type {File} */
  photo;
  /** @type {string} "folder/name.jpg" */
  path;
  /** @type {boolean} whether what can be read of a broken file is enough */
  salvage;
  /** @type {State} */
  state = "waiting";
  /** @type {import("./types.js").Progress | null} while it is working */
  progress = null;
  /** @type {Error | null} why it failed */
  error = null;
  /** @type {Look | null} that it was last given away with: saved, copied or shared */
  saved = null;
  history;

  /**
   * @param {File} photo
   * @param {{ path?: string, look?: Look, salvage?: boolean }} [options] `path` is where it lies in a folder
   */
  constructor(photo, { path = photo.name, look = DEFAULT_LOOK, salvage = false } = {}) {
    super();
    this.photo = photo;
    this.path = path;
    this.salvage = salvage;
    this.history = new History(look);
  }

  /** @returns {Look} asked for now */
  get look() {
    return this.history.current;
  }

  /** @returns {import("./types.js").Result | null} */
  get result() {
    return this.history.run?.result ?? null;
  }

  /** @returns {import("./settings.js").Choice | null} the model, speed and provider it ran with */
  get choice() {
    return this.history.run?.choice ?? null;
  }

  /** @returns {Look | null} that the result's file has */
  get made() {
    return this.history.run?.made ?? null;
  }

  /** @returns {boolean} whether the result's file has the look that is asked for now */
  get isMade() {
    return this.made !== null && alike(this.made, this.look);
  }

  /** @returns {boolean} whether something was done to the cutout that nobody has a file of */
  get unsaved() {
    return this.result !== null && this.history.canUndo && !(this.saved && alike(this.saved, this.look));
  }

  /** @param {{ state?: State, progress?: object | null, error?: Error | null }} news */
  update(news) {
    Object.assign(this, news);
    this.#tell();
  }

  /** @param {Run} run it has been cut, perhaps anew */
  finish(run) {
    this.history.ran(run);
    this.update({ state: "done", progress: null, error: null });
  }

  /**
   * @param {Run} before
   * @param {Run} run the same cutout with another look in its file
   */
  hold(before, run) {
    this.history.hold(before, run);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
