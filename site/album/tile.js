/** One photo of the album on the page: its picture, how far it is, and what can be done with it. */
import { make, say } from "../dom.js";
import { words } from "../words.js";
import { doneFacts } from "../words/album.js";
import { stage } from "../words/doing.js";
import { explained, sentence } from "../words/python.js";
import { icon } from "./icons.js";
import { shortPath } from "./names.js";

/** @typedef {import("./item.js").Item} Item */

function iconButton(name, label, onPress) {
  const properties = { type: "button", className: "album-icon", title: label, onclick: onPress };
  const button = make("button", properties, icon(name));
  button.setAttribute("aria-label", label);
  return button;
}

export class Tile {
  /** @type {Item} */
  item;
  /** @type {HTMLLIElement} */
  root;
  /** @type {HTMLButtonElement} opens the photo; the way to everything else by arrow keys */
  open;
  /** @type {Blob | null} that a thumbnail was asked for */
  asked = null;
  #picture = make("img", { className: "album-image", alt: "", decoding: "async", draggable: false });
  #state = make("p", { className: "album-state" });
  #failure = make("p", { className: "album-failure", hidden: true });
  #check = make("span", { className: "album-badge album-check", hidden: true }, words.album.check);
  #own = make("span", { className: "album-badge", hidden: true }, words.album.ownLook);
  #buttons;
  /** The blob that the picture shows. */
  #shown = null;

  /**
   * @param {Item} item
   * @param {object} does
   * @param {(item: Item) => void} does.open
   * @param {(item: Item) => void} does.remove
   * @param {(item: Item) => void} does.retry
   * @param {(item: Item) => void} does.save
   * @param {(item: Item) => void} does.useForAll
   */
  constructor(item, does) {
    this.item = item;
    const name = shortPath(item.work.path);
    const properties = { type: "button", className: "album-open", onclick: () => does.open(item) };
    this.open = make("button", properties, this.#picture, icon("broken", "album-broken"));
    this.open.setAttribute("aria-label", words.album.open(name));
    this.#buttons = {
      useForAll: iconButton("all", words.album.useLookOf(name), () => does.useForAll(item)),
      retry: iconButton("retry", words.album.retry(name), () => does.retry(item)),
      save: iconButton("save", words.album.save(name), () => does.save(item)),
      remove: iconButton("remove", words.album.remove(name), () => does.remove(item)),
    };
    const title = make("p", { className: "album-name", title: item.work.path }, name);
    this.root = make("li", { className: "album-tile" },
      make("div", { className: "album-box" }, this.open, this.#failure,
        make("p", { className: "album-badges" }, this.#check, this.#own)),
      make("div", { className: "album-tools" }, ...Object.values(this.#buttons)),
      make("div", { className: "album-lines" }, title, this.#state));
    this.reachable = false;
    this.update();
  }

  /** @param {boolean} reachable by the tab key: only one tile is, arrow keys lead to the others */
  set reachable(reachable) {
    for (const button of [this.open, ...Object.values(this.#buttons)]) button.tabIndex = reachable ? 0 : -1;
  }

  /** @returns {Blob} that its picture should show */
  get wished() {
    return this.item.file ?? this.item.work.photo;
  }

  /** @returns {boolean} whether its picture is not the one it should be */
  get outdated() {
    return this.#shown !== this.wished;
  }

  /** Says anew how far it is. */
  update() {
    const { item } = this;
    const { state } = item.work;
    this.root.dataset.state = item.busy ? "working" : item.wanting ? "waiting" : state;
    say(this.#state, this.#said());
    say(this.#failure, state === "failed" ? explained(item.work.error) : "");
    this.#check.hidden = !item.doubtful;
    // Heard with the name of the photo; the badges alone would say too little.
    this.open.setAttribute("aria-description", this.#description());
    this.#own.hidden = !item.own;
    this.#buttons.useForAll.hidden = this.#own.hidden;
    this.#buttons.retry.hidden = !["failed", "stopped"].includes(state);
    this.#buttons.save.hidden = !item.ready;
  }

  /**
   * @param {Blob} source that it is a picture of
   * @param {Blob | null} thumbnail null where the browser cannot show it
   */
  show(source, thumbnail) {
    this.#shown = source;
    this.#release();
    this.root.classList.toggle("album-cut", source === this.item.file);
    this.root.classList.toggle("album-unseen", !thumbnail);
    if (thumbnail) this.#picture.src = URL.createObjectURL(thumbnail);
    else this.#picture.removeAttribute("src");
  }

  /** It goes. */
  remove() {
    this.#release();
    this.root.remove();
  }

  #said() {
    const { item, item: { work } } = this;
    const { changing, starting } = words.album;
    if (item.busy) return work.result ? changing : work.progress ? stage(work.progress, null) : starting;
    if (item.ready) return doneFacts(item.milliseconds, item.file.size);
    if (work.state === "failed") return words.album.failed;
    if (work.state === "stopped") return words.album.stopped;
    return work.result ? words.album.changing : words.album.waiting;
  }

  #description() {
    const { item } = this;
    const doubt = item.doubtful ? `${words.album.check}: ${sentence(item.doubt)}` : "";
    this.#check.title = doubt;
    const own = item.own ? words.album.ownLook : "";
    return [this.#said(), this.#failure.textContent, doubt, own].filter(Boolean).join(". ");
  }

  #release() {
    if (this.#picture.src) URL.revokeObjectURL(this.#picture.src);
  }
}
