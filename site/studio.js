/**
 * The studio: the one work that is open, and all that can be done to it. What people press comes in
 * here; what it means is said by events, and those who show something listen.
 *
 * - "work": another work is open, or none
 * - "look": what is asked of it changed
 * - "result": its state, or its cutout, is another
 * - "progress": it has come further
 * - "first": its first look is here, as `bitmap`, `width` and `height` of the event
 * - "busy": it began or ended being worked at
 * - "step": something was undone or redone, the event's `way`
 * - "end": a run is over, however it went
 */
import { Job } from "./job.js";
import { changed, DEFAULT_LOOK, forOthers, lookAsOptions } from "./look.js";
import { canCopy, canShare, copy, save, share } from "./saving.js";
import { Work } from "./work.js";
import { words } from "./words.js";

/** @typedef {import("./look.js").Look} Look */
/** @typedef {import("./settings.js").Choice} Choice */

/** Codes of errors that say that a file is no photo, or none that can be read here. */
const UNREADABLE = new Set([
  "empty-file", "not-an-image", "unsupported-format", "truncated", "too-large", "broken",
]);

export class Studio extends EventTarget {
  #engine;
  #chosen;
  #onRun;
  #onError;
  #onSay;
  /** What a photo gets that comes while none is here. @type {Look} */
  #coming = DEFAULT_LOOK;
  /** The last work whose photo could be read: what a bad file leads back to. @type {Work | null} */
  #kept = null;
  #seen = { state: "", run: null, busy: false };
  /** Something of it is on its way out. */
  #handing = false;
  #hear = () => this.#follow();
  #job = new Job({ onChange: this.#hear, onRead: (work) => { this.#kept = work; } });

  /** @type {Work | null} */
  work = null;
  /** What was open before, with changes that nobody has saved: there is a way back to it. @type {Work | null} */
  before = null;
  /** Whether the photos of the album are in sight: what is set while no work is open is meant for them. */
  forAll = false;

  /**
   * @param {object} parts
   * @param {import("./engine.js").Engine} parts.engine
   * @param {() => Choice} parts.chosen the model, speed and provider for the next run
   * @param {(choice: Choice) => void} parts.onRun a photo is about to be cut
   * @param {(error: Error, photo: File) => void} parts.onError
   * @param {(sentence: string) => void} parts.onSay something was done that is not seen
   */
  constructor({ engine, chosen, onRun, onError, onSay }) {
    super();
    this.#engine = engine;
    this.#chosen = chosen;
    this.#onRun = onRun;
    this.#onError = onError;
    this.#onSay = onSay;
  }

  /** @returns {Look} of the open work, or for the photo to come */
  get look() {
    return this.work?.look ?? this.#coming;
  }

  /** @returns {import("./types.js").Result | null} */
  get result() {
    return this.work?.result ?? null;
  }

  /** @returns {boolean} whether the open work is being cut or written */
  get busy() {
    return this.work !== null && (this.work.state === "working" || this.#job.work === this.work);
  }

  get canCopy() {
    return canCopy();
  }

  get canShare() {
    return canShare();
  }

  /** @returns {boolean} whether a control moves that was not let go yet */
  get moving() {
    return this.work?.history.isMoving ?? false;
  }

  get canUndo() {
    return this.#isOpen && this.work.history.canUndo;
  }

  get canRedo() {
    return this.#isOpen && this.work.history.canRedo;
  }

  /** @returns {Promise<import("./cutaway.js").Cutaway>} */
  cutaway() {
    return this.#engine.start();
  }

  /**
   * @param {Partial<Look>} part merged into the look: `refine` and `output` may be given in part
   * @param {{ settle?: boolean }} [options] false while a control moves: seen at once, and no step
   */
  change(part, { settle = true } = {}) {
    const look = changed(this.look, part);
    if (this.work) this.work.history.change(look, settle);
    else this.#coming = look;
    this.#say("look");
  }

  /** @param {keyof Look} part that becomes as it was before anybody touched it */
  reset(part) {
    this.change({ [part]: DEFAULT_LOOK[part] });
  }

  undo() {
    this.#step("undo");
  }

  redo() {
    this.#step("redo");
  }

  /** @param {Work | null} work to be shown; whatever is done to the open one for it ends */
  open(work) {
    if (work === this.work) return;
    this.#job.end();
    if (work === this.before) this.before = null;
    this.work?.removeEventListener("change", this.#hear);
    this.work = work;
    work?.addEventListener("change", this.#hear);
    if (work?.result) this.#kept = work;
    this.#seen = { state: work?.state, run: work?.history.run, busy: this.busy };
    for (const news of ["work", "look", "result", "busy"]) this.#say(news);
  }

  /** Back to what was open before. */
  back() {
    const { before, work } = this;
    this.open(before);
    this.#keepBefore(work);
  }

  /**
   * A new photo, cut at once. What was changed and not saved stays at hand. It keeps the scene and the
   * file that were asked for; what was asked of the edge, and what was done by hand, belonged to the
   * photo before.
   * @param {File} photo
   * @param {{ salvage?: boolean }} [options] salvage: take what can be read of a broken file
   */
  take(photo, options) {
    const look = this.work ? changed(forOthers(this.look), { refine: DEFAULT_LOOK.refine }) : this.#coming;
    const { work } = this;
    this.open(new Work(photo, { look, ...options }));
    if (this.#keepBefore(work)) this.#onSay(words.studio.keptBefore);
    return this.run();
  }

  /** Cuts it, perhaps anew, with what is chosen now. */
  async run() {
    const { work } = this;
    const { look, photo, salvage } = work;
    const choice = this.#chosen();
    this.#onRun(choice);
    const read = { stage: "read", done: 0, total: 1, unit: "step", model: "" };
    try {
      await this.#job.do(work, async ({ signal, onProgress }) => {
        work.update({ state: "working", progress: read, error: null });
        const result = await this.#engine.run(photo, {
          ...choice, ...lookAsOptions(look), salvage, signal, onProgress,
          onLook: (bitmap, size) => this.#showFirst(work, signal, bitmap, size),
        });
        if (!signal.aborted) work.finish({ result, choice, made: look });
      });
    } catch (error) {
      this.#fail(work, error);
    }
    if (!this.busy) this.#say("end");
  }

  /**
   * The cutout with the look that is asked for now, at full size. Afterwards its photo is held.
   * @param {{ anew?: boolean }} [options] anew: also where that look is made already
   * @returns {Promise<import("./types.js").Result>}
   * @throws {CutawayError} also with the code "cancelled"
   */
  async render({ anew = false } = {}) {
    const { work } = this;
    if (work.isMade && !anew) return work.result;
    const { look, history: { run } } = work;
    return this.#job.do(work, async ({ signal, onProgress }) => {
      const cutaway = await this.cutaway();
      const result = await cutaway.change(run.result, lookAsOptions(look), { signal, onProgress });
      work.hold(run, { ...run, result, made: look });
      return result;
    });
  }

  /**
   * The subjects as they look now, each as a file of its own.
   * @param {{ placement: "place" | "crop" }} options
   * @returns {Promise<object[]>} as the API's `layers`
   * @throws {CutawayError} also with the code "cancelled"
   */
  async layers(options) {
    const { look, result } = this.work;
    return this.#job.do(this.work, async ({ signal, onProgress }) => {
      const cutaway = await this.cutaway();
      return cutaway.layers(result, { ...lookAsOptions(look), ...options }, { signal, onProgress });
    });
  }

  /** @param {{ kind?: "cutout" | "mask" | "receipt" }} [what] written as it looks now, and downloaded */
  save({ kind = "cutout" } = {}) {
    return this.#hand(() => save(this, kind), kind === "cutout");
  }

  /** Puts the picture on the clipboard. */
  copy() {
    return this.#hand(() => copy(this));
  }

  /** Hands the picture to another app. */
  share() {
    return this.#hand(() => share(this));
  }

  /**
   * Hands out something else of the open work, as `save` does.
   * @param {(studio: Studio) => Promise<string>} out tells what was done; empty where that is seen
   */
  hand(out) {
    return this.#hand(() => out(this));
  }

  /** Ends what is being done to the open work. */
  cancel() {
    this.#job.end();
  }

  /**
   * Settles when it is done, or was told why not; what was given away whole is saved. What is being
   * done to the cutout comes to its end first.
   */
  async #hand(out, whole = true) {
    const { work } = this;
    if (!work?.result || work.state === "working" || this.#handing) return;
    this.#handing = true;
    try {
      if (!(await this.#job.over()) || work !== this.work) return;
      const { look } = work;
      this.#onSay(await out());
      if (whole) work.saved = look;
    } catch (error) {
      if (error.code !== "cancelled") this.#onError(error, work.photo);
    } finally {
      this.#handing = false;
    }
  }

  #keepBefore(work) {
    if (!work?.unsaved) return false;
    this.before = work;
    this.#say("busy");
    return true;
  }

  #fail(work, error) {
    if (error.code === "cancelled" || work !== this.work) return;
    const unreadable = UNREADABLE.has(error.code) && !work.result;
    if (unreadable) this.open(this.#kept === work ? null : this.#kept);
    else work.update({ state: work.result ? "done" : "failed", error });
    this.#onError(error, work.photo);
  }

  #showFirst(work, signal, bitmap, { width, height }) {
    if (signal.aborted || work !== this.work) bitmap.close();
    else this.dispatchEvent(Object.assign(new Event("first"), { bitmap, width, height }));
  }

  /** While it is cut there is nothing to go back to. */
  get #isOpen() {
    return this.work !== null && this.work.state !== "working";
  }

  #step(way) {
    if (!this.#isOpen) return;
    this.work.history[way]();
    this.dispatchEvent(Object.assign(new Event("step"), { way }));
    this.#say("look");
    this.#follow();
  }

  /** Tells what is another since it was last told. */
  #follow() {
    if (!this.work) return;
    const before = this.#seen;
    const now = { state: this.work.state, run: this.work.history.run, busy: this.busy };
    this.#seen = now;
    if (now.state !== before.state || now.run !== before.run) this.#say("result");
    if (now.busy !== before.busy) this.#say("busy");
    this.#say("progress");
  }

  #say(news) {
    this.dispatchEvent(new Event(news));
  }
}
