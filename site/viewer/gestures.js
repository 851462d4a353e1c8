/** What hands and keys do on the stage: move the divider, zoom, pan, draw. */

/** A pointer this near to the divider means the divider, in CSS pixels. */
const NEAR = 28;
/** One step of a key or a button. */
const STEP = 1.5;
/** What a notch of a wheel or a bit of a pinch means: its pixels to the power of this. */
const WHEEL = 0.0025;
const LINE = 16;
const KEY_PAN = 60;
const KEYS = {
  "+": (view) => view.zoomBy(STEP), "=": (view) => view.zoomBy(STEP),
  "-": (view) => view.zoomBy(1 / STEP), "_": (view) => view.zoomBy(1 / STEP),
  0: (view) => view.fit(), 1: (view) => view.actualSize(),
};
const ARROWS = {
  ArrowLeft: [KEY_PAN, 0], ArrowRight: [-KEY_PAN, 0], ArrowUp: [0, KEY_PAN], ArrowDown: [0, -KEY_PAN],
};

/**
 * @typedef {object} View what the gestures act on
 * @property {boolean} isZoomed
 * @property {boolean} isCompared whether there is a divider
 * @property {number} dividerX in CSS pixels of the stage
 * @property {(factor: number, point?: { x: number, y: number }) => void} zoomBy
 * @property {() => void} fit
 * @property {(point?: { x: number, y: number }) => void} actualSize
 * @property {(right: number, down: number) => void} pan
 * @property {(x: number) => void} divide
 * @property {Hand | null} hand what draws on the stage, while something does
 *
 * @typedef {object} Hand takes one pointer, and keys; two fingers still zoom and pan
 * @property {(event: PointerEvent) => "draw" | "pan" | ""} means what a pointer that comes down is for
 * @property {(event: PointerEvent) => void} begin
 * @property {(event: PointerEvent) => void} move
 * @property {() => void} end
 * @property {() => void} cancel
 * @property {(event: KeyboardEvent) => boolean} press whether the key was meant for it
 * @property {() => void} place the picture stands elsewhere now
 * @property {(edits: object[]) => void} shown these are seen on the stage
 * @property {Record<string, () => void>} keys single keys that are its own
 */

export class Gestures {
  #frame;
  #view;
  /** Pointers that are down, by id. @type {Map<number, { x: number, y: number }>} */
  #down = new Map();
  /** @type {"" | "divide" | "pan" | "pinch" | "draw"} */
  #doing = "";
  #dividerBefore = 0;

  /**
   * @param {HTMLElement} frame
   * @param {View} view
   */
  constructor(frame, view) {
    this.#frame = frame;
    this.#view = view;
    frame.addEventListener("pointerdown", (event) => this.#grab(event));
    frame.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      frame.addEventListener(end, (event) => this.#release(event));
    }
    frame.addEventListener("wheel", (event) => this.#roll(event), { passive: false });
    frame.addEventListener("dblclick", (event) => this.#toggle(event));
    frame.addEventListener("keydown", (event) => this.#press(event));
  }

  #point({ clientX, clientY }) {
    const { left, top } = this.#frame.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #grab(event) {
    const { hand } = this.#view;
    const meant = hand ? hand.means(event) : event.button === 0 && "look";
    if (!meant) return;
    const point = this.#point(event);
    this.#down.set(event.pointerId, point);
    this.#frame.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (this.#down.size === 2) this.#beginPinch();
    else if (meant === "draw") this.#draw(event);
    else if (hand) this.#begin("pan", point);
    else if (this.#means(point)) this.#begin("divide", point);
    else if (this.#view.isZoomed) this.#begin("pan", point);
    this.#frame.dataset.doing = this.#doing;
  }

  /** With all of the picture in sight there is nothing to pan, so anywhere is near the divider. */
  #means({ x }) {
    if (!this.#view.isCompared) return false;
    return !this.#view.isZoomed || Math.abs(x - this.#view.dividerX) < NEAR;
  }

  #begin(doing, { x }) {
    this.#doing = doing;
    this.#dividerBefore = this.#view.dividerX;
    if (doing === "divide") this.#view.divide(x);
    else this.#frame.focus({ preventScroll: true, focusVisible: false });
  }

  /** A third finger does nothing. */
  #draw(event) {
    if (this.#down.size > 1) return;
    this.#doing = "draw";
    this.#frame.focus({ preventScroll: true, focusVisible: false });
    this.#view.hand.begin(event);
  }

  /** The first finger meant neither the divider nor to draw. */
  #beginPinch() {
    if (this.#doing === "divide") this.#view.divide(this.#dividerBefore);
    if (this.#doing === "draw") this.#view.hand?.cancel();
    this.#doing = "pinch";
  }

  #move(event) {
    const before = this.#down.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    if (this.#doing === "pinch" && this.#down.size > 1) this.#pinch(event.pointerId, before, now);
    else if (this.#doing === "draw") this.#view.hand?.move(event);
    else if (this.#doing === "divide") this.#view.divide(now.x);
    else if (this.#doing === "pan") this.#view.pan(now.x - before.x, now.y - before.y);
    this.#down.set(event.pointerId, now);
  }

  /** The other finger stays where it was: each moves the picture by half, and stretches it. */
  #pinch(id, before, now) {
    const [, other] = [...this.#down].find(([one]) => one !== id);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.#view.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    this.#view.zoomBy(distance(now, other) / Math.max(1, distance(before, other)), middle);
  }

  #release({ pointerId, type }) {
    if (!this.#down.delete(pointerId)) return;
    if (this.#doing === "draw") this.#view.hand?.[type === "pointerup" ? "end" : "cancel"]();
    // The finger that is left of two would make the picture jump.
    if (this.#doing !== "pinch" || !this.#down.size) this.#doing = "";
    this.#frame.dataset.doing = this.#doing;
  }

  /**
   * A pinch on a touchpad comes as a wheel with Ctrl. Without, the page scrolls unless one is zoomed
   * in; while somebody draws it zooms, too.
   */
  #roll(event) {
    const unit = event.deltaMode === 1 ? LINE : 1;
    if (event.ctrlKey || event.metaKey || (this.#view.hand && !event.shiftKey && !event.deltaX)) {
      this.#view.zoomBy(Math.exp(-event.deltaY * unit * WHEEL * 2), this.#point(event));
    } else if (this.#view.isZoomed) {
      this.#view.pan(-event.deltaX * unit, -event.deltaY * unit);
    } else return;
    event.preventDefault();
  }

  #toggle(event) {
    if (this.#view.hand) return;
    if (this.#view.isZoomed) this.#view.fit();
    else this.#view.actualSize(this.#point(event));
  }

  /** Arrows belong to the divider where it has the focus, unless Shift is held. */
  #press(event) {
    if (event.target === this.#frame && this.#view.hand?.press(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const ofDivider = event.target !== this.#frame && !event.shiftKey;
    if (arrow && !ofDivider && this.#view.isZoomed) this.#view.pan(...arrow);
    else if (KEYS[event.key]) KEYS[event.key](this.#view);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
