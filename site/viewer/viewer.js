/**
 * Keeps the stage in line with the studio: asks Python for what is to be seen, one thing at a time
 * and always the newest. First all of the picture at the size of the stage, then, zoomed in, the part
 * in sight as sharp as the screen is.
 */
import { byId } from "../dom.js";
import { alike, DEFAULT_LOOK, lookInView } from "../look.js";
import { preview } from "../preview.js";
import { whisper } from "../toast.js";
import { words } from "../words.js";
import { percent } from "../words/numbers.js";
import { Looking } from "./looking.js";
import { Screen } from "./screen.js";
import { sameWish, sharp, whole } from "./wishes.js";

/** The stage rests this long before the part in sight is made sharp. */
const REST_MS = 90;

/** @typedef {import("./wishes.js").Wish} Wish */

export class Viewer {
  #studio;
  #onError;
  #looking;
  #screen = new Screen();
  #work = null;
  /** Settles once the photo is shown, or cannot be. */
  #photo = Promise.resolve();
  /** How the photo is laid out on the stage: by itself, or in a frame. */
  #laid = null;
  /** Of what the photo is drawn as sharp as the part in sight. */
  #laidSharp = null;
  /** What is drawn, or was tried. @type {{ whole: Wish | null, sharp: Wish | null }} */
  #drawn = { whole: null, sharp: null };
  /** A cutout that was made again to be held; once is enough. */
  #madeAgain = null;
  #asDefault = false;
  #busy = false;
  #resting = 0;

  /**
   * @param {import("../studio.js").Studio} studio
   * @param {(error: Error) => void} onError
   */
  constructor(studio, onError) {
    this.#studio = studio;
    this.#onError = onError;
    this.#screen.onMove = () => this.#moved();
    this.#screen.onZoom = (scale) => { byId("zoom-now").textContent = percent(scale); };
    this.#looking = new Looking(() => this.#refresh());
    studio.addEventListener("work", () => this.#change());
    studio.addEventListener("first", (first) => this.#showFirst(first));
    for (const news of ["look", "result"]) studio.addEventListener(news, () => this.#refresh());
    byId("zoom-in").addEventListener("click", () => this.zoomBy(1.5));
    byId("zoom-out").addEventListener("click", () => this.zoomBy(1 / 1.5));
    byId("zoom-fit").addEventListener("click", () => this.fit());
  }

  zoomBy(factor) {
    this.#screen.zoomBy(factor);
  }

  fit() {
    this.#screen.fit();
  }

  actualSize() {
    this.#screen.actualSize();
  }

  pan(right, down) {
    this.#screen.pan(right, down);
  }

  /** @returns {boolean} */
  get isZoomed() {
    return this.#screen.isZoomed;
  }

  /** @returns {import("./camera.js").Camera} where the picture stands: for those who draw over it */
  get camera() {
    return this.#screen.camera;
  }

  /** @returns {boolean} whether the photo stands there by itself, so that its pixels are the picture's */
  get isUnframed() {
    return this.#screen.after.isDrawn && this.#laid !== null && !this.#laid.frame;
  }

  /** @returns {import("./gestures.js").Hand | null} */
  get hand() {
    return this.#screen.hand;
  }

  /** Draws on the stage from now on; meanwhile the photo is seen without a frame. */
  set hand(hand) {
    this.#screen.hand = hand;
    this.#refresh();
  }

  /** The next way of looking at the cutout. */
  lookNext() {
    this.#looking.next();
  }

  /** @param {boolean} asDefault shows it as if nothing had been asked for, as long as this is true */
  compareWithDefault(asDefault) {
    this.#asDefault = asDefault;
    this.#refresh();
  }

  #change() {
    const { work } = this.#studio;
    this.#work = work;
    this.#drawn = { whole: null, sharp: null };
    this.#laid = this.#laidSharp = null;
    this.#screen.clear(!work);
    byId("welcome").hidden = Boolean(work);
    byId("tools").hidden = !work;
    this.#photo = work ? this.#showPhoto(work) : Promise.resolve();
  }

  /** As the browser reads it, long before Python has. */
  async #showPhoto(work) {
    const picture = await preview(work.photo);
    if (this.#work !== work || this.#laid) return picture?.bitmap.close();
    if (!picture) return this.#screen.say("unseen", words.views.unseen);
    this.#laid = { frame: null };
    this.#screen.setPicture(picture);
    this.#paint(this.#screen.before, picture.bitmap);
  }

  #showFirst({ bitmap, width, height }) {
    if (this.#work?.result) return bitmap.close();
    this.#screen.setPicture({ width, height });
    this.#paint(this.#screen.first, bitmap);
    this.#name(words.views.first);
    this.#screen.reveal();
  }

  #moved() {
    this.#screen.waiting = true;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rest(), REST_MS);
  }

  #rest() {
    if (this.#screen.isZoomed) whisper(percent(this.#screen.camera.scale));
    this.#refresh();
  }

  /** One request is under way; whatever changes meanwhile is seen when it is done. */
  async #refresh() {
    if (this.#busy) return;
    this.#busy = true;
    this.#screen.waiting = true;
    try {
      await this.#photo;
      for (let wish = this.#next(); wish; wish = this.#next()) await this.#grant(wish);
    } finally {
      this.#busy = false;
      this.#screen.waiting = false;
    }
  }

  /** @returns {Wish | null} the first thing that is not drawn yet */
  #next() {
    const { result, look, moving } = this.#studio;
    if (!result || this.#studio.work !== this.#work) return null;
    const { camera, after } = this.#screen;
    const seen = lookInView(this.#asDefault ? DEFAULT_LOOK : look);
    const wish = { result, what: this.#looking.what, look: this.hand ? { ...seen, frame: null } : seen };
    const all = { ...wish, ...whole(camera, moving) };
    const inSight = sharp(camera, after.density);
    const part = inSight && { ...wish, ...inSight };
    if (!part) this.#clearSharp();
    // Zoomed in, the part in sight is what counts.
    const wishes = part && this.#drawn.whole ? [part, !moving && all] : [all, part];
    return wishes.find((one) => one && !sameWish(one, this.#drawn[one.region ? "sharp" : "whole"])) ?? null;
  }

  #clearSharp() {
    this.#screen.afterSharp.clear();
    this.#screen.beforeSharp.clear();
    this.#drawn.sharp = this.#laidSharp = null;
  }

  async #grant(wish) {
    this.#drawn[wish.region ? "sharp" : "whole"] = wish;
    try {
      const cutaway = await this.#studio.cutaway();
      await this.#ask(cutaway, wish);
    } catch (error) {
      if (error.code === "not-held") await this.#withoutPhoto(wish);
      else this.#onError(error);
    }
  }

  async #ask(cutaway, wish) {
    const { result, look, what, region, side } = wish;
    const seen = await cutaway.view(result, { ...look, what, region, side });
    const { frame } = look;
    const laid = region ? this.#laidSharp : this.#laid;
    const asLaid = region ? { frame, region, side } : { frame };
    const photo = alike(laid, asLaid) ? null
      : await cutaway.view(result, { frame, what: "photo", region, side });
    if (this.#studio.result !== result) {
      seen.bitmap.close();
      photo?.bitmap.close();
    } else this.#show(wish, seen, photo);
  }

  /** Both at once, so that they never show different frames. */
  #show({ what, look: { edits, frame }, region, side }, seen, photo) {
    const { after, afterSharp, before, beforeSharp } = this.#screen;
    if (!region) {
      this.#screen.setPicture(seen);
      this.#screen.say("unseen", "");
    }
    this.#paint(region ? afterSharp : after, seen.bitmap, region);
    if (photo) this.#paint(region ? beforeSharp : before, photo.bitmap, region);
    if (photo && !region) this.#laid = { frame };
    if (photo && region) this.#laidSharp = { frame, region, side };
    this.hand?.shown(edits);
    if (region) return;
    this.#reveal(what);
    this.#screen.fadeFirst();
  }

  #reveal(what) {
    this.#name(words.views[what]);
    if (this.#laid) this.#screen.reveal();
    else this.#screen.showAlone();
  }

  /** What is not held can still be seen as it was made; anything else is made again. */
  async #withoutPhoto(wish) {
    const { work } = this.#studio;
    if (work?.result !== wish.result || this.#studio.busy) return;
    const asMade = !this.#asDefault && work.isMade && wish.what !== "uncertainty"
      && (work.made.frame === null || (wish.result === this.#madeAgain && wish.look.frame !== null));
    if (asMade) return this.#showFile(wish);
    if (wish.result === this.#madeAgain && work.isMade) return;
    // Better the cutout as it was than none.
    if (!this.#screen.after.isDrawn && !work.made.frame) {
      await this.#showFile({ ...wish, what: "cutout", region: null, look: work.made });
    }
    try {
      this.#madeAgain = await this.#studio.render({ anew: true });
    } catch (error) {
      if (error.code !== "cancelled") this.#onError(error);
    }
  }

  async #showFile(wish) {
    const { result, what, region, look: { frame } } = wish;
    const file = what === "mask" ? await result.mask() : result.blob;
    const seen = await preview(file, region);
    const photo = region && !frame ? await preview(this.#work.photo, region) : null;
    if (!seen || this.#studio.result !== result) return seen?.bitmap.close();
    const framed = Boolean(this.#laid?.frame);
    if (frame || framed) this.#laid = null;
    if (framed && !frame) await this.#showPhoto(this.#work);
    this.#show(wish, seen, photo);
  }

  #name(name) {
    byId("tag-after").textContent = name;
    byId("after").setAttribute("aria-label", name);
  }

  #paint(layer, bitmap, region = null) {
    layer.paint(bitmap, this.#screen.camera.picture, region);
    layer.place(this.#screen.camera);
  }
}
