/**
 * The way between the album and the studio. The album's code comes with the first photos that need
 * it. What is in sight stands on `<body data-view>`: "studio" or "album".
 *
 * While the album is in sight nothing is open in the studio: what is set beside it then is meant for
 * all photos.
 */
import { CutawayError } from "../error.js";
import { byId, styled } from "../dom.js";
import { forOthers } from "../look.js";
import { sweepSessions } from "./session.js";
import { words } from "../words.js";

/** @typedef {import("./folders.js").Found} Found */

export class AlbumDoor {
  #parts;
  #studio;
  #back = byId("all");
  #loading = null;
  /** @type {import("./album.js").Album | null} */
  #album = null;

  /**
   * @param {object} parts
   * @param {import("../studio.js").Studio} parts.studio
   * @param {import("../engine.js").Engine} parts.engine
   * @param {() => import("../settings.js").Choice} parts.chosen
   * @param {(choice: object) => void} parts.onRun the engine is about to be used
   * @param {() => void} parts.onEnd it has been used
   * @param {(error: Error) => void} parts.onError when the album is not in sight
   */
  constructor({ studio, ...parts }) {
    this.#studio = studio;
    this.#parts = parts;
    this.#back.textContent = words.album.back;
    this.#back.addEventListener("click", () => this.#show());
    studio.addEventListener("look", () => this.inSight && this.#album.follow(studio.look));
    sweepSessions().catch(() => {}); // nobody waits for it
  }

  /** @returns {boolean} whether there are photos in it: then further ones belong there, too */
  get inUse() {
    return this.#loading !== null && (this.#album === null || this.#album.size > 0);
  }

  /** @returns {boolean} */
  get inSight() {
    return document.body.dataset.view === "album";
  }

  /**
   * @param {Found[]} found go into the album, beside what is open in the studio
   * @param {string} [remark] about what was left out
   */
  async add(found, remark = "") {
    try {
      const album = await this.#load();
      const { before, work, look } = this.#studio;
      const alone = album.size === 0 ? [before, work].filter(Boolean) : [];
      this.#show();
      this.#studio.change(album.size === 0 ? forOthers(look) : {});
      this.#studio.before = null;
      if (alone.length) album.take(alone);
      album.add(found);
      album.remark(remark);
    } catch (error) {
      this.#parts.onError(error);
    }
  }

  /** What the album's own button does, where it is offered. */
  save() {
    this.#album.save();
  }

  /** @param {string} sentence about what just came in, or did not */
  remark(sentence) {
    this.#album.remark(sentence);
  }

  #show() {
    this.#studio.forAll = true;
    this.#studio.open(null);
    this.#back.hidden = true;
    document.body.dataset.view = "album";
    this.#album.show();
  }

  /** A work without a cutout is cut in the studio. */
  #open(work) {
    this.#enter();
    this.#back.hidden = false;
    this.#studio.open(work);
    if (!work.result) this.#studio.run();
    this.#back.focus();
  }

  #enter() {
    this.#studio.forAll = false;
    document.body.dataset.view = "studio";
    scrollTo(0, 0);
  }

  /** The last photo has gone: back to the beginning. */
  #leave() {
    this.#album.hide();
    this.#enter();
    this.#studio.change({}); // the panels rest again
    byId("choose").focus();
  }

  #load() {
    this.#loading ??= this.#make().catch((error) => {
      this.#loading = null; // the next photos try again
      console.warn(error);
      throw new CutawayError("not-loaded", words.album.notLoaded);
    });
    return this.#loading;
  }

  async #make() {
    const [{ Album }] = await Promise.all([import("./album.js"), styled(new URL("./album.css", import.meta.url))]);
    this.#album = new Album({
      ...this.#parts,
      root: byId("album"),
      look: () => this.#studio.look,
      open: (work) => this.#open(work),
      onLook: (look) => this.#studio.change(look),
      onAdd: () => byId("file").click(),
      onAddFolder: () => byId("folder").click(),
      onSettings: showSettings,
      onEmpty: () => this.#leave(),
    });
    return this.#album;
  }
}

/** On narrow screens the settings lie below all photos. */
function showSettings() {
  const tabs = byId("tabs");
  tabs.scrollIntoView({ block: "start" });
  tabs.querySelector("[aria-selected=true]").focus({ preventScroll: true });
}
