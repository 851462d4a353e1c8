/**
 * The hand on the stage: pointers and keys become points of the photo. What they mean is said by the
 * brush and the picker, what comes of it by Python.
 */
import { byId } from "../dom.js";
import { whisper } from "../toast.js";
import { words } from "../words.js";
import { Brush } from "./brush.js";
import { Crosshair } from "./crosshair.js";
import { Overlay } from "./overlay.js";
import { sceneOf } from "./scene.js";
import { SpaceBar } from "./space-bar.js";
import { keysOf } from "./tools.js";

/** A finger that went so far means to draw, in pixels of the screen; before, another one may come. */
const MEANT = 6;
/** Nearer points are one. */
const APART = 0.75;
const ERASER = 5;
const MIDDLE = 1;

/** @implements {import("../viewer/gestures.js").Hand} */
export class Hand {
  #studio;
  #viewer;
  #tools;
  #picker;
  #frame = byId("frame");
  #brush;
  #cross;
  #overlay;
  /** Where the pointer is, while it is over the stage. */
  #pointer = null;
  /** Where it came down. */
  #from = null;
  /** The end of the last stroke: with Shift a line goes on from there. */
  #last = null;
  /** So many points of the moving edit are seen already. */
  #seen = 0;
  /** What somebody looks at in the list. */
  #marked = null;
  #space;

  /**
   * @param {import("../studio.js").Studio} studio
   * @param {import("../viewer/viewer.js").Viewer} viewer
   * @param {import("./tools.js").Tools} tools
   * @param {import("./picker.js").Picker} picker
   */
  constructor(studio, viewer, tools, picker) {
    this.#studio = studio;
    this.#viewer = viewer;
    this.#tools = tools;
    this.#picker = picker;
    this.#brush = new Brush(studio);
    this.#cross = new Crosshair(this.#frame, viewer);
    this.#overlay = new Overlay(this.#frame, () => viewer.camera, () => this.#scene());
    for (const each of [tools, picker]) each.addEventListener("change", () => this.place());
    for (const news of ["look", "result", "busy"]) studio.addEventListener(news, () => this.place());
    studio.addEventListener("work", () => this.cancel());
    this.#space = new SpaceBar(this.#frame, {
      isOn: () => this.#isOn,
      onTap: (shift) => this.#ready && this.#act(shift),
    });
    this.#listen();
    this.keys = keysOf(tools);
  }

  get #picks() {
    return this.#tools.tool === "select";
  }

  /** @returns {boolean} whether what is seen can be drawn on */
  get #ready() {
    return this.#studio.work?.state === "done" && this.#viewer.isUnframed;
  }

  get #isOn() {
    return this.#viewer.hand === this;
  }

  /** @param {boolean} on whether one works by hand now */
  turn(on) {
    if (on === this.#isOn) return;
    if (!on) this.cancel();
    this.#viewer.hand = on ? this : null;
    this.#frame.toggleAttribute("data-hand", on);
    if (on) this.#overlay.show();
    else this.#overlay.hide();
    this.#frame.ariaLabel = on ? words.hand.stage : words.page.frame;
    this.#frame.setAttribute("role", on ? "application" : "group"); // elsewhere screen readers keep arrows
    this.place();
  }

  /** @param {object | null} edit is shown where it was made */
  mark(edit) {
    this.#marked = edit;
    this.place();
  }

  means({ button, pointerType }) {
    if (pointerType === "pen" && !this.#tools.hasPen) this.#tools.choose({ hasPen: true });
    if (button === MIDDLE || (button === 0 && this.#space.moves())) return "pan";
    if (button !== 0 && button !== ERASER) return "";
    return this.#ready ? "draw" : "pan";
  }

  begin(event) {
    const at = this.#pointOf(event);
    const { scale } = this.#viewer.camera;
    this.#from = { x: event.clientX, y: event.clientY };
    this.#cross.hide();
    if (this.#picks) return this.#picker.begin(at, event.shiftKey || event.altKey);
    const other = event.altKey || event.button === ERASER;
    const points = event.shiftKey && this.#last ? [this.#last, at] : [at];
    this.#begin(this.#tools.edit(scale, other), points);
    if (event.pointerType !== "touch") this.#brush.show();
  }

  move(event) {
    const far = Math.hypot(event.clientX - this.#from.x, event.clientY - this.#from.y) >= MEANT;
    const several = event.getCoalescedEvents?.() ?? [];
    const points = (several.length ? several : [event]).map((each) => this.#pointOf(each));
    if (this.#picks) {
      if (far) this.#picker.stretch(points.at(-1));
    } else if (this.#brush.edit) {
      this.#brush.add(points);
      if (far) this.#brush.show();
    }
    this.place();
  }

  end() {
    if (this.#picks) this.#picker.end();
    else if (this.#brush.edit) this.#finish();
  }

  cancel() {
    this.#brush.cancel();
    this.#picker.release();
    this.place();
  }

  place() {
    if (this.#isOn) this.#overlay.refresh();
  }

  shown(edits) {
    const { edit } = this.#brush;
    const last = edits.at(-1);
    if (edit && last?.kind === "stroke" && edits.length > this.#studio.work.history.settled.edits.length) {
      this.#seen = last.points.length;
    }
    this.place();
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === " ") return true; // counts once it is let go: until then it may pan
    if (event.key === "Escape") return this.#giveUp();
    if (!this.#ready) return false;
    if (event.key === "Enter") this.#act(event.shiftKey);
    else if (event.key.toLowerCase() === "b" && this.#picks) this.#picker.corner(this.#cross.at);
    else if (this.#cross.move(event)) this.#follow();
    else return false;
    return true;
  }

  /** What a click is for a pointer is a key at the crosshair. */
  #act(shift) {
    const { at } = this.#cross;
    if (this.#picks) {
      this.#picker.begin(at, shift);
      this.#picker.end();
    } else if (this.#brush.edit) this.#finish();
    else {
      this.#begin(this.#tools.edit(this.#viewer.camera.scale), [{ ...at, pressure: 1 }]);
      this.#brush.show();
      whisper(words.hand.begun);
    }
    this.place();
  }

  #follow() {
    const { at } = this.#cross;
    if (this.#picks) this.#picker.follow(at);
    else if (this.#brush.edit) this.#brush.add([{ ...at, pressure: 1 }]);
    this.place();
  }

  #giveUp() {
    if (this.#brush.edit) this.#brush.cancel();
    else if (this.#picks && this.#picker.isOpen) {
      if (!this.#picker.release()) this.#picker.discard();
    } else return false;
    this.place();
    whisper(words.hand.given);
    return true;
  }

  #begin(edit, points) {
    this.#seen = 0;
    this.#brush.begin(edit, points, APART / this.#viewer.camera.scale);
    this.place();
  }

  #finish() {
    const edit = this.#brush.end();
    if (edit) {
      const [x, y] = edit.points.at(-1);
      this.#last = { x, y, pressure: 1 };
      whisper(words.hand.done[edit.kind === "stroke" ? edit.what : edit.kind]);
    }
    this.place();
  }

  #scene() {
    const cross = this.#cross.isShown ? this.#cross.at : null;
    return sceneOf({
      tools: this.#tools,
      picker: this.#picker,
      edits: this.#studio.look.edits,
      moving: this.#brush.edit,
      seen: this.#seen,
      at: this.#pointer ?? cross,
      cross,
      marked: this.#marked,
    });
  }

  /** @returns {{ x: number, y: number, pressure: number }} in pixels of the photo */
  #pointOf({ clientX, clientY, pointerType, pressure }) {
    const { left, top } = this.#frame.getBoundingClientRect();
    const { x, y, scale } = this.#viewer.camera;
    const felt = pointerType === "pen" && this.#tools.pressure ? pressure : 1;
    return { x: (clientX - left - x) / scale, y: (clientY - top - y) / scale, pressure: felt };
  }

  #listen() {
    this.#frame.addEventListener("pointermove", (event) => {
      if (!this.#isOn) return;
      this.#pointer = event.pointerType === "touch" ? null : this.#pointOf(event);
      if (this.#picks && this.#ready && !event.buttons) this.#picker.hover(this.#pointer);
      this.place();
    });
    this.#frame.addEventListener("pointerleave", () => {
      this.#pointer = null;
      this.#picker.hover(null);
      this.place();
    });
  }
}
