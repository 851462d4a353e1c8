/**
 * What is drawn over the picture while somebody works by hand: the ring of the brush, the trail that
 * is on its way, clicks and boxes. Marks for the eye alone; no pixel of the picture is decided here.
 */
import { make } from "../dom.js";

/** Keep, remove and restore: seen on light and dark, and told apart by those who see no red or green. */
const COLOURS = { keep: "#12b886", remove: "#f03e5f", restore: "#4c8dff" };
const LIGHT = "#ffffff";
const DARK = "rgb(0 0 0 / 70%)";
const TRAIL = 0.45;
const CROSS = 9;
const MARK = 9;

/** @typedef {import("../viewer/camera.js").Camera} Camera */

/**
 * @typedef {object} Scene what is to be seen, places in pixels of the photo
 * @property {ImageBitmap | null} [picture] laid over all of the photo
 * @property {object[]} [edits] drawn as marks
 * @property {object | null} [moving] the edit that is being drawn
 * @property {number} [seen] so many of its points are in the picture already
 * @property {{ x: number, y: number, what: string, size: number } | null} [ring] size as on the screen
 * @property {{ x: number, y: number } | null} [cross]
 */

export class Overlay {
  #canvas = make("canvas", { className: "hand-overlay", ariaHidden: "true" });
  #frame;
  #camera;
  #scene;
  #asked = 0;
  #watch = new ResizeObserver(() => this.refresh());

  /**
   * @param {HTMLElement} frame
   * @param {() => Camera} camera
   * @param {() => Scene} scene asked once for each picture of the screen
   */
  constructor(frame, camera, scene) {
    this.#frame = frame;
    this.#camera = camera;
    this.#scene = scene;
  }

  show() {
    this.#frame.append(this.#canvas);
    this.#watch.observe(this.#frame);
  }

  hide() {
    this.#watch.disconnect();
    this.#canvas.remove();
  }

  /** Something is to be seen elsewhere, or something else. */
  refresh() {
    this.#asked ||= requestAnimationFrame(() => {
      this.#asked = 0;
      if (this.#canvas.isConnected) this.#draw();
    });
  }

  #draw() {
    const { clientWidth, clientHeight } = this.#frame;
    const width = Math.round(clientWidth * devicePixelRatio);
    const height = Math.round(clientHeight * devicePixelRatio);
    const canvas = this.#canvas;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, clientWidth, clientHeight);
    pen.lineCap = pen.lineJoin = "round";
    const { picture, edits = [], moving, seen = 0, ring, cross } = this.#scene();
    const place = placing(this.#camera());
    if (picture) cover(pen, picture, this.#camera().place);
    for (const edit of edits) mark(pen, edit, place);
    if (moving?.points && moving.kind) trail(pen, moving, place, seen);
    if (cross) crosshair(pen, place(cross));
    if (ring) circle(pen, place(ring), ring.size / 2, COLOURS[ring.what]);
  }
}

/** @returns {(point: { x: number, y: number }) => { x: number, y: number, scale: number }} on the stage */
function placing({ x: left, y: top, scale }) {
  return ({ x, y }) => ({ x: left + x * scale, y: top + y * scale, scale });
}

function cover(pen, picture, { left, top, width, height }) {
  pen.drawImage(picture, left, top, width, height);
}

/** What is in the picture already needs no trail. */
function trail(pen, { points, size, what, kind }, place, seen) {
  const first = kind === "stroke" ? Math.max(0, Math.min(seen, points.length) - 1) : 0;
  if (kind === "stroke" && seen >= points.length) return;
  pen.globalAlpha = kind === "stroke" ? TRAIL : 0.85;
  line(pen, points.slice(first), size, COLOURS[what], place);
  pen.globalAlpha = 1;
}

function line(pen, points, size, colour, place) {
  const [start, ...others] = points.map(([x, y]) => place({ x, y }));
  pen.beginPath();
  pen.moveTo(start.x, start.y);
  for (const { x, y } of others.length ? others : [start]) pen.lineTo(x, y);
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(2, size * start.scale);
  pen.stroke();
}

/** An edit as a mark: where it was drawn, clicked, framed. */
function mark(pen, edit, place) {
  if (edit.kind === "drop") return badge(pen, place(edit), false);
  if (edit.kind === "select") {
    if (edit.box) frame(pen, edit.box, place);
    for (const point of edit.points) badge(pen, place(point), point.add);
    return;
  }
  pen.globalAlpha = edit.kind === "scribble" ? 0.85 : 0.55;
  line(pen, edit.points, edit.size, COLOURS[edit.what], place);
  pen.globalAlpha = 1;
}

function frame(pen, { x, y, width, height }, place) {
  const from = place({ x, y });
  pen.lineWidth = 2;
  for (const [colour, dash] of [[DARK, []], [LIGHT, [6, 5]]]) {
    pen.strokeStyle = colour;
    pen.setLineDash(dash);
    pen.strokeRect(from.x, from.y, width * from.scale, height * from.scale);
  }
  pen.setLineDash([]);
}

/** A disc with a plus or a minus. */
function badge(pen, { x, y }, adds) {
  pen.beginPath();
  pen.arc(x, y, MARK, 0, 2 * Math.PI);
  pen.fillStyle = adds ? "#0a7d5c" : "#c2253f";
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = LIGHT;
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x - 4, y);
  pen.lineTo(x + 4, y);
  if (adds) {
    pen.moveTo(x, y - 4);
    pen.lineTo(x, y + 4);
  }
  pen.stroke();
}

function circle(pen, { x, y }, radius, colour) {
  for (const [width, stroke] of [[4, DARK], [2, LIGHT], [1, colour]]) {
    pen.beginPath();
    pen.arc(x, y, Math.max(1, radius), 0, 2 * Math.PI);
    pen.lineWidth = width;
    pen.strokeStyle = stroke;
    pen.stroke();
  }
}

function crosshair(pen, { x, y }) {
  for (const [width, stroke] of [[4, DARK], [2, LIGHT]]) {
    pen.beginPath();
    for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      pen.moveTo(x + 3 * right, y + 3 * down);
      pen.lineTo(x + CROSS * right, y + CROSS * down);
    }
    pen.lineWidth = width;
    pen.strokeStyle = stroke;
    pen.stroke();
  }
}
