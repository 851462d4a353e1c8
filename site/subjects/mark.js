/** A frame on the stage around the subject that is pointed at in the list. */
import { byId, make } from "../dom.js";

export class Mark {
  #stage;
  #element = make("div", { className: "subject-mark", hidden: true });

  /** @param {HTMLElement} stage where pictures are shown */
  constructor(stage) {
    this.#stage = stage;
    this.#element.ariaHidden = "true";
    stage.append(this.#element);
  }

  /**
   * @param {{ x: number, y: number, width: number, height: number }} box in pixels of the photo
   * @param {{ width: number, height: number }} photo which the stage shows all of
   */
  show(box, photo) {
    const stage = this.#stage.getBoundingClientRect();
    const picture = byId("before").getBoundingClientRect();
    const across = picture.width / photo.width;
    const down = picture.height / photo.height;
    Object.assign(this.#element.style, {
      left: `${picture.left - stage.left + box.x * across}px`,
      top: `${picture.top - stage.top + box.y * down}px`,
      width: `${box.width * across}px`,
      height: `${box.height * down}px`,
    });
    this.#element.hidden = false;
  }

  hide() {
    this.#element.hidden = true;
  }
}
