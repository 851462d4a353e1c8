/** The stage as one sees it: photo and cutout in their layers, the divider, zoom. It asks nobody. */
import { byId } from "../dom.js";
import { Camera } from "./camera.js";
import { Divider } from "./divider.js";
import { Gestures } from "./gestures.js";
import { Layer } from "./layer.js";

/** The tools stand below the picture, on phones above it too: rem. */
const FREE = { wide: [1, 1, 4.25, 1], narrow: [3.75, 0.75, 3.75, 0.75] };
/** A stage narrower than this has its tools in two rows, here as in stage.css: rem. */
const NARROW = 40;
/** From here on single pixels are meant to be seen. */
const PIXELS = 4;

export class Screen {
  #frame = byId("frame");
  #divider = new Divider(this.#frame, byId("compare"));
  camera = new Camera();
  before = new Layer(byId("before"));
  beforeSharp = new Layer(byId("before-sharp"));
  first = new Layer(byId("first"));
  after = new Layer(byId("after"));
  afterSharp = new Layer(byId("after-sharp"));
  /** What draws on the stage. @type {import("./gestures.js").Hand | null} */
  hand = null;
  /** Hears of every move. */
  onMove = () => {};
  /** Hears of the scale, whenever it may be another. */
  onZoom = () => {};

  constructor() {
    new Gestures(this.#frame, this);
    new ResizeObserver(([{ contentRect }]) => this.#resize(contentRect)).observe(this.#frame);
    this.#divider.hide();
  }

  get isEmpty() {
    return this.#frame.hidden;
  }

  get isZoomed() {
    return this.camera.isZoomed;
  }

  get isCompared() {
    return this.#divider.isShown;
  }

  /** @returns {number} where the divider stands, in CSS pixels of the stage */
  get dividerX() {
    const { left, right } = this.camera.seen;
    return left + ((right - left) * this.#divider.value) / 100;
  }

  /** @param {boolean} waiting whether something better than what is drawn is on its way */
  set waiting(waiting) {
    this.#frame.toggleAttribute("data-waiting", waiting);
  }

  /** Makes room for a photo that comes, or for the welcome. */
  clear(empty) {
    this.#frame.hidden = empty;
    for (const layer of this.#layers) layer.clear();
    this.#divider.hide();
    this.say("unseen", "");
    this.camera.reset();
    this.draw();
  }

  /** The cutout appears from under the divider. */
  reveal() {
    this.#divider.reveal();
  }

  /** The first look goes once the better one has faded in over it. */
  async fadeFirst() {
    if (!this.first.isDrawn) return;
    await this.after.atRest();
    this.first.clear();
  }

  /** Only the cutout, where the photo cannot be laid beside it. */
  showAlone() {
    this.#divider.hide();
    this.#frame.style.setProperty("--at", "0");
  }

  /** @param {string} id @param {string} sentence */
  say(id, sentence) {
    byId(id).textContent = sentence;
    byId(id).hidden = !sentence;
  }

  /** @param {{ width: number, height: number }} size of the whole picture */
  setPicture(size) {
    this.camera.setPicture(size);
    this.draw();
  }

  zoomBy(factor, point) {
    this.#moved(() => this.camera.zoomTo(this.camera.scale * factor, point));
  }

  fit() {
    this.#moved(() => this.camera.reset());
  }

  /** One pixel of the picture for one of the screen; where that is what fits already, more. */
  actualSize(point) {
    const { fit } = this.camera;
    this.#moved(() => this.camera.zoomTo(fit < 0.9 ? 1 : fit * 2, point));
  }

  pan(right, down) {
    this.#moved(() => this.camera.pan(right, down));
  }

  divide(x) {
    const { left, right } = this.camera.seen;
    this.#divider.drag(Math.min(100, Math.max(0, (100 * (x - left)) / (right - left))));
    this.#divider.focus();
  }

  /** Brings the page in line with the camera. */
  draw() {
    const { camera } = this;
    const { left, top, right, bottom } = camera.seen;
    const { style, dataset, clientWidth, clientHeight } = this.#frame;
    const lengths = {
      left, top, right: clientWidth - right, bottom: clientHeight - bottom, unit: (right - left) / 100,
    };
    for (const [name, length] of Object.entries(lengths)) style.setProperty(`--${name}`, `${length}px`);
    dataset.zoomed = String(camera.isZoomed);
    dataset.pixels = String(camera.scale >= PIXELS);
    for (const layer of this.#layers) layer.place(camera);
    this.hand?.place();
    this.onZoom(camera.scale);
  }

  get #layers() {
    return [this.before, this.beforeSharp, this.first, this.after, this.afterSharp];
  }

  #moved(move) {
    if (this.isEmpty) return;
    move();
    this.draw();
    this.onMove();
  }

  #resize({ width, height }) {
    if (!width || !height) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const [top, right, bottom, left] = FREE[width <= NARROW * rem ? "narrow" : "wide"].map((one) => one * rem);
    this.camera.setStage({ width, height }, { top, right, bottom, left });
    this.draw();
    this.onMove();
  }
}
