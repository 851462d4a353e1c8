/** The crosshair: where keys draw. */
import { whisper } from "../toast.js";
import { words } from "../words.js";
import { percent } from "../words/numbers.js";

/** Pixels of the screen for a press, and with Shift. */
const STEP = 8;
const LEAP = 48;
/** It stays so far from the edge of what is in sight. */
const EDGE = 24;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Crosshair {
  #frame;
  #viewer;
  /** In pixels of the photo. */
  #at = null;
  isShown = false;

  /**
   * @param {HTMLElement} frame
   * @param {import("../viewer/viewer.js").Viewer} viewer
   */
  constructor(frame, viewer) {
    this.#frame = frame;
    this.#viewer = viewer;
    frame.addEventListener("blur", () => this.hide());
    frame.addEventListener("keyup", ({ key }) => this.isShown && ARROWS[key] && this.#tell());
  }

  /** @returns {{ x: number, y: number }} in pixels of the photo; the middle of what is in sight at first */
  get at() {
    const { region, picture: { width, height } } = this.#viewer.camera;
    this.#at ??= { x: region.x + region.width / 2, y: region.y + region.height / 2 };
    return { x: within(this.#at.x, width), y: within(this.#at.y, height) };
  }

  hide() {
    this.isShown = false;
  }

  /** @returns {boolean} whether the key moves it */
  move({ key, shiftKey }) {
    const arrow = ARROWS[key];
    if (!arrow) return false;
    const { x, y } = this.at;
    const { scale, picture: { width, height } } = this.#viewer.camera;
    const step = (shiftKey ? LEAP : STEP) / scale;
    this.#at = { x: within(x + step * arrow[0], width), y: within(y + step * arrow[1], height) };
    this.isShown = true;
    this.#keepInSight();
    return true;
  }

  /** Says where it is, once the key that moved it is let go. */
  #tell() {
    const { x, y } = this.at;
    const { width, height } = this.#viewer.camera.picture;
    whisper(words.hand.at(percent(x / width), percent(y / height)));
  }

  #keepInSight() {
    const { x: left, y: top, scale } = this.#viewer.camera;
    const { clientWidth, clientHeight } = this.#frame;
    const right = beyond(left + this.#at.x * scale, clientWidth);
    const down = beyond(top + this.#at.y * scale, clientHeight);
    if (this.#viewer.isZoomed && (right || down)) this.#viewer.pan(-right, -down);
  }
}

function within(at, length) {
  return Math.min(length, Math.max(0, at));
}

/** @returns {number} how far it lies beyond the sight */
function beyond(at, length) {
  if (at < EDGE) return at - EDGE;
  return at > length - EDGE ? at - (length - EDGE) : 0;
}
