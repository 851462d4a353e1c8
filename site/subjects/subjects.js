/**
 * The separate subjects of the open work: what each is, whether it is kept, and a file for each. Python
 * tells them apart; that one is dropped is an edit like any other.
 */
import { byId, make } from "../dom.js";
import { Choice, offered } from "../panels/parts.js";
import { words } from "../words.js";
import { Mark } from "./mark.js";
import { Row } from "./row.js";
import { saveLayers } from "./saving.js";

/** So long nobody changed anything before it is worth asking. */
const PAUSE_MS = 120;

/** @typedef {import("../studio.js").Studio} Studio */
/** @typedef {import("../types.js").Edit} Edit */
/** @typedef {{ result: object, edits: Edit[] }} Asked what a list was asked for */

export class Subjects {
  #studio;
  #root;
  #mark = new Mark(byId("frame"));
  #list = make("ul", { className: "subject-list" });
  #status = make("p", { className: "facts", role: "status" });
  #placement = new Choice(words.subjects.placement, offered(words.subjects.placements),
    (placement) => this.#place(placement));
  #save = make("button", { type: "button", textContent: words.subjects.save });
  #layers = make("div", { className: "group" }, this.#placement.element, this.#save);
  /** @type {"place" | "crop"} */
  #chosen = "place";
  /** @type {Row[]} */
  #rows = [];
  #seen = false;
  #busy = false;
  #timer = 0;
  /** What is listed. @type {Asked | null} */
  #listed = null;
  /** A cutout that was made again to be held; once is enough. */
  #madeAgain = null;

  /**
   * @param {HTMLElement} root an empty section
   * @param {Studio} studio
   */
  constructor(root, studio) {
    this.#root = root;
    this.#studio = studio;
    const heading = make("h3", { id: "subjects-title", textContent: words.subjects.title });
    const href = new URL("./subjects.css", import.meta.url).href;
    document.head.append(make("link", { rel: "stylesheet", href }));
    root.id ||= "subjects";
    root.classList.add("subjects");
    root.setAttribute("aria-labelledby", heading.id);
    root.append(heading, this.#status, this.#list, this.#layers);
    this.#place("place");
    this.#save.addEventListener("click", () => this.#write());
    for (const news of ["look", "work", "result", "busy"]) studio.addEventListener(news, () => this.refresh());
    new IntersectionObserver((entries) => {
      this.#seen = entries.at(-1).isIntersecting;
      this.refresh();
    }).observe(root);
    this.refresh();
  }

  /** The work, its look or its cutout may be another; asked only while it is in sight. */
  refresh() {
    const { result, busy, moving } = this.#studio;
    clearTimeout(this.#timer);
    this.#mark.hide();
    this.#save.ariaDisabled = String(busy);
    if (!result || this.#listed?.result !== result) this.#show([], null);
    if (!result) return this.#say("");
    if (!this.#seen || busy || moving || this.#isListed) return;
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  get #isListed() {
    const { result, look: { edits } } = this.#studio;
    return this.#listed?.result === result && this.#listed.edits === edits;
  }

  /** One question at a time; the last one is answered. */
  async #ask() {
    if (this.#busy) return;
    this.#busy = true;
    this.#root.ariaBusy = "true";
    const { result, look: { edits } } = this.#studio;
    try {
      const cutaway = await this.#studio.cutaway();
      this.#hear(await cutaway.subjects(result, { edits }), { result, edits });
    } catch (error) {
      await this.#withoutPhoto(error, { result, edits });
    } finally {
      this.#busy = false;
      this.#root.ariaBusy = "false";
    }
    this.refresh();
  }

  #hear(found, asked) {
    if (this.#studio.result === asked.result) this.#show(found, asked);
    else for (const { bitmap } of found) bitmap.close();
  }

  /** A photo that is no longer held is cut again, which is what it takes to look at it. */
  async #withoutPhoto(error, asked) {
    if (this.#studio.result !== asked.result || this.#studio.busy) return;
    if (error.code === "not-held" && asked.result !== this.#madeAgain) {
      try {
        this.#madeAgain = await this.#studio.render({ anew: true });
        return;
      } catch (later) {
        error = later;
      }
    }
    this.#listed = asked;
    this.#say(error.code === "cancelled" ? "" : words.subjects.failed);
    if (error.code !== "cancelled") console.warn(error);
  }

  /** @param {object[]} found as `subjects` gives them @param {Asked | null} asked */
  #show(found, asked) {
    this.#listed = asked;
    const several = found.length > 1;
    while (this.#rows.length > found.length) this.#rows.pop().element.remove();
    while (this.#rows.length < found.length) this.#rows.push(this.#added());
    for (const [number, subject] of found.entries()) {
      const drops = subject.drops.map((place) => asked.edits[place]);
      this.#rows[number].show({ ...subject, drops }, number, found.length);
    }
    this.#list.hidden = !several;
    this.#layers.hidden = !several;
    if (asked) this.#count();
  }

  #added() {
    const row = new Row({
      onKeep: (kept) => this.#keep(row, kept),
      onPoint: (box) => this.#point(box),
    });
    this.#list.append(row.element);
    return row;
  }

  /**
   * Places in the list may have changed since it was asked for, so edits are known by themselves. What
   * the row shows by then is a guess, so it is asked for even where the edits become what they were.
   */
  #keep(row, kept) {
    const { edits } = this.#studio.look;
    const { x, y, drops } = row.subject;
    this.#listed = { ...this.#listed, edits: null };
    if (kept) {
      row.subject.drops = [];
      this.#studio.change({ edits: edits.filter((edit) => !drops.includes(edit)) });
    } else {
      const drop = { kind: "drop", x, y };
      drops.push(drop);
      this.#studio.change({ edits: [...edits, drop] });
    }
    this.#count();
  }

  #count() {
    const dropped = this.#rows.filter(({ kept }) => !kept).length;
    this.#say(words.subjects.found(this.#rows.length, dropped));
  }

  /** In a frame the photo lies elsewhere, so nothing is pointed at. */
  #point(box) {
    const { result, look: { frame, preset } } = this.#studio;
    if (box && result && !frame && !preset) this.#mark.show(box, result.receipt.photo);
    else this.#mark.hide();
  }

  #place(placement) {
    this.#chosen = placement;
    this.#placement.show(placement);
  }

  #write() {
    if (!this.#studio.busy) this.#studio.hand((studio) => saveLayers(studio, this.#chosen));
  }

  #say(sentence) {
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }
}
