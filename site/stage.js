/** The place where the photo stands: empty, with a photo, or with photo and cutout. */
import { Compare } from "./compare.js";
import { paint, preview } from "./preview.js";

/** Beyond this, a strip of a panorama is shown inside a frame of a bearable shape. */
const WIDEST = 5;

export class Stage {
  #welcome = document.getElementById("welcome");
  #frame = document.getElementById("frame");
  #before = document.getElementById("before");
  #after = document.getElementById("after");
  #unseen = document.getElementById("unseen");
  #compare = new Compare(this.#frame, document.getElementById("compare"));
  #photo = null;
  #shown = null;
  #seen = false;

  /** @param {Blob} photo stands here, alone once `showPhotoAlone` is called, until another one does */
  showPhoto(photo) {
    this.#photo = photo;
    this.#shown = this.#show(photo);
  }

  /** Takes everything away and welcomes again. */
  clear() {
    this.#photo = null;
    this.showPhotoAlone();
    this.#blank(this.#before);
    this.#frame.hidden = true;
    this.#welcome.hidden = false;
  }

  /** Takes the cutout away, for a new run on the same photo. */
  showPhotoAlone() {
    this.#compare.hide();
    this.#blank(this.#after);
  }

  /**
   * @param {Blob} photo the one the cutout was made from: if another stands here by now, nothing happens
   * @param {Blob} cutout
   */
  async showCutout(photo, cutout) {
    const [picture] = await Promise.all([preview(cutout), this.#shown]);
    if (this.#photo !== photo || !picture) return picture?.bitmap.close();
    if (!this.#seen) this.#fit(picture);
    this.#unseen.hidden = true;
    paint(this.#after, picture.bitmap);
    this.#after.dataset.drawn = "";
    if (this.#seen) this.#compare.reveal();
  }

  async #show(photo) {
    this.#welcome.hidden = true;
    this.#frame.hidden = false;
    this.#blank(this.#before);
    this.#unseen.hidden = true;
    const picture = await preview(photo);
    if (this.#photo !== photo) return picture?.bitmap.close();
    this.#seen = picture !== null;
    this.#unseen.hidden = this.#seen;
    if (!this.#seen) return;
    this.#fit(picture);
    paint(this.#before, picture.bitmap);
    this.#before.dataset.drawn = "";
  }

  #blank(canvas) {
    delete canvas.dataset.drawn;
    paint(canvas, null);
  }

  #fit({ width, height }) {
    const ratio = Math.min(WIDEST, Math.max(1 / WIDEST, width / height));
    this.#frame.style.setProperty("--ratio", String(ratio));
    this.#frame.style.setProperty("--natural", `${width}px`);
  }
}
