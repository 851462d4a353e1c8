/**
 * Selecting by clicks and boxes: what is asked of the model, and its three answers. What is asked
 * belongs to its photo, and is still there when that comes back.
 */
import { Asking } from "./asking.js";
import { rounded } from "./tools.js";

/** A model that answers so soon can say what a click would select, before it is made: milliseconds. */
const AT_ONCE = 100;
/** The pointer rests this long, and has gone this far, before it is worth asking. */
const REST_MS = 70;
const FAR = 5;

/** @typedef {{ x: number, y: number }} Place in pixels of the photo */

/** What is asked about one photo, and what came of it. */
const fresh = () => ({ points: [], box: null, answer: null, answered: null, picked: 0 });

/** Says "change" whenever something is another. */
export class Picker extends EventTarget {
  #studio;
  #viewer;
  #tools;
  #states = new WeakMap();
  #press = null;
  /** A corner of a box that keys draw. */
  #corner = null;
  #hovered = null;
  #preview = null;
  #resting = 0;
  #quick = false;
  #asking;

  /**
   * @param {import("../studio.js").Studio} studio
   * @param {import("../viewer/viewer.js").Viewer} viewer
   * @param {import("./tools.js").Tools} tools
   */
  constructor(studio, viewer, tools) {
    super();
    this.#studio = studio;
    this.#viewer = viewer;
    this.#tools = tools;
    this.#asking = new Asking(studio, () => this.#tell());
    studio.addEventListener("work", () => {
      this.#asking.stop();
      this.#forgetHover();
      this.#tell();
    });
  }

  /** @returns {object | null} points, box, answer and picked of the open photo */
  get state() {
    const { work } = this.#studio;
    if (!work) return null;
    if (!this.#states.has(work)) this.#states.set(work, fresh());
    return this.#states.get(work);
  }

  /** @returns {Asking} how it stands with the model */
  get asking() {
    return this.#asking;
  }

  /** @returns {boolean} whether something was asked that is not applied yet */
  get isOpen() {
    const { state } = this;
    return Boolean(state && (state.points.length || state.box || this.#press || this.#corner));
  }

  /** @returns {object} as an edit: where one has clicked, and the box */
  get marks() {
    const { points, box } = this.state ?? fresh();
    return { kind: "select", points, box: this.#press?.box ?? box };
  }

  /** @returns {ImageBitmap | null} what is selected, or what a click would select */
  get picture() {
    if (this.#preview) return this.#preview.candidates[0].bitmap;
    const { answer, picked } = this.state ?? fresh();
    return answer?.candidates[picked]?.bitmap ?? null;
  }

  /**
   * @param {Place} at
   * @param {boolean} other the other one of adding and taking away
   */
  begin(at, other) {
    if (this.#corner) return this.#close(at);
    this.#press = { at, add: this.#tools.adds !== other, box: null };
  }

  /** @param {Place} at the box goes as far */
  stretch(at) {
    if (!this.#press) return;
    this.#press.box = this.#boxTo(this.#press.at, at);
    this.#tell();
  }

  /** A click, or a box. */
  end() {
    const press = this.#press;
    this.#press = null;
    if (!press || !this.state) return;
    if (press.box) this.#ask({ box: press.box });
    else if (this.#isInside(press.at)) {
      const point = { x: rounded(press.at.x), y: rounded(press.at.y), add: press.add };
      this.#ask({ points: [...this.state.points, point] });
    }
  }

  /** @param {Place} at a corner of a box by keys; the next one closes it */
  corner(at) {
    if (this.#corner) return this.#close(at);
    this.#corner = at;
    this.#press = { at, add: true, box: null };
  }

  /** @param {Place} at the crosshair is here */
  follow(at) {
    if (this.#corner) this.stretch(at);
  }

  /** @returns {boolean} whether something was pressed, which is nothing now */
  release() {
    const pressed = this.#press !== null;
    this.#press = this.#corner = null;
    if (pressed) this.#tell();
    return pressed;
  }

  /** @param {Place | null} at the pointer is here, with nothing pressed */
  hover(at) {
    const far = !at || !this.#hovered || distance(at, this.#hovered) * this.#viewer.camera.scale > FAR;
    if (!far) return;
    this.#forgetHover();
    this.#hovered = at;
    if (!at || !this.#quick || !this.#isInside(at)) return;
    this.#resting = setTimeout(() => this.#peek(at), REST_MS);
  }

  /** @param {number} number of the candidates, best first */
  pick(number) {
    this.state.picked = number;
    this.#tell();
  }

  /** What is selected becomes a step. */
  apply() {
    const { points, box, answer, picked } = this.state;
    const candidate = answer.candidates[picked];
    const edit = { kind: "select", points, box, candidate: candidate.index, combine: this.#tools.combine };
    this.discard();
    this.#studio.change({ edits: [...this.#studio.look.edits, edit] });
  }

  discard() {
    const { work } = this.#studio;
    if (!work) return;
    this.#asking.stop();
    this.#forgetHover();
    close(this.state.answer);
    this.#states.set(work, fresh());
    this.#tell();
  }

  /** It was agreed to fetch the model. */
  agree() {
    this.#asking.agree();
    this.#ask({});
  }

  /** Ends what is under way; the clicks stay. */
  cancel() {
    this.#asking.stop();
  }

  #close(at) {
    this.#press = { at: this.#corner, add: true, box: this.#boxTo(this.#corner, at) };
    this.#corner = null;
    this.end();
  }

  /** The newest is asked once the model is free. */
  async #ask(part) {
    const { state } = this;
    Object.assign(state, part);
    this.#forgetHover();
    this.#tell();
    const { points, box } = state;
    const answer = await this.#asking.ask({ points, box });
    if (!answer) return;
    if (state !== this.state || state.points !== points || state.box !== box) return close(answer);
    close(state.answer);
    Object.assign(state, { answer, picked: 0 });
    this.#quick = answer.milliseconds.decode < AT_ONCE;
    this.#tell();
  }

  async #peek(at) {
    const { state } = this;
    if (this.#asking.isBusy || !state) return;
    const point = { x: rounded(at.x), y: rounded(at.y), add: this.#tools.adds };
    const answer = await this.#asking.ask({ points: [...state.points, point], box: state.box });
    if (!answer) return;
    this.#quick = answer.milliseconds.decode < AT_ONCE;
    if (this.#hovered === at && state === this.state) this.#preview = answer;
    else close(answer);
    this.#tell();
  }

  #forgetHover() {
    clearTimeout(this.#resting);
    close(this.#preview);
    this.#preview = this.#hovered = null;
  }

  #isInside({ x, y }) {
    const { width, height } = this.#viewer.camera.picture;
    return x >= 0 && y >= 0 && x < width && y < height;
  }

  /** @returns {object | null} of the photo; null where nothing of it lies in it */
  #boxTo(one, other) {
    const { width, height } = this.#viewer.camera.picture;
    const [left, right] = ends(one.x, other.x, width);
    const [top, bottom] = ends(one.y, other.y, height);
    if (right - left < 1 || bottom - top < 1) return null;
    return { x: left, y: top, width: rounded(right - left), height: rounded(bottom - top) };
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

function ends(one, other, length) {
  return [Math.min(one, other), Math.max(one, other)].map((at) => rounded(Math.min(length, Math.max(0, at))));
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function close(answer) {
  for (const { bitmap } of answer?.candidates ?? []) bitmap.close();
}
