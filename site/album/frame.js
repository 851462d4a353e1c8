/** What stands around the tiles: how many there are, which ones are shown, what is said of them. */
import { make, say } from "../dom.js";
import { icon } from "./icons.js";
import { words } from "../words.js";

/** Which photos a filter shows. */
const FILTERS = {
  all: null,
  doubtful: (item) => item.doubtful,
  failed: (item) => item.work.state === "failed",
};

function button(label, drawing, onPress, className = "") {
  return make("button", { type: "button", className, onclick: onPress }, icon(drawing), make("span", {}, label));
}

function dismisser(onPress) {
  const made = make("button", { type: "button", className: "quiet icon", onclick: onPress }, icon("remove"));
  made.setAttribute("aria-label", words.album.dismiss);
  return made;
}

export class Frame {
  /** @type {HTMLElement} */
  root;
  /** @type {HTMLUListElement} for the tiles */
  list = make("ul", { className: "album-grid" });
  /** @type {HTMLElement} below them, always in sight */
  foot = make("div", { className: "album-foot" });
  #title = make("h2", { className: "album-title" });
  #filters = make("div", { className: "album-filters", hidden: true });
  #sentence = make("p");
  #act = make("button", { type: "button" });
  #suggestion = make("div", { className: "album-strip", hidden: true });
  #remark = make("p", { role: "alert" });
  #remarks = make("div", { className: "album-strip album-remark", hidden: true });
  #clear = make("button", { type: "button", className: "quiet" }, words.album.clear);
  #filter = "all";
  #unsaved = 0;
  #does;

  /**
   * @param {HTMLElement} root
   * @param {object} does
   * @param {() => void} does.add more photos are asked for
   * @param {() => void} does.addFolder
   * @param {() => void} does.settings what can be set is to be in sight
   * @param {() => void} does.clear all are to go
   * @param {(filter: ((item: import("./item.js").Item) => boolean) | null) => void} does.filter
   */
  constructor(root, does) {
    this.root = root;
    this.#does = does;
    this.list.setAttribute("role", "list"); // WebKit forgets it where no bullets are drawn
    this.#fillFilters();
    this.#clear.addEventListener("click", () => this.#askToClear());
    this.#clear.addEventListener("blur", () => { this.#clear.textContent = words.album.clear; });
    this.#suggestion.append(icon("all"), this.#sentence, this.#act, dismisser(() => { this.suggest(""); }));
    this.#remarks.append(this.#remark, dismisser(() => { this.remark(""); }));
    const adds = make("div", { className: "album-adds" }, this.#clear,
      button(words.album.settings, "settings", does.settings, "album-settings"),
      button(words.album.addFolder, "folder", does.addFolder, "album-folder"), button(words.album.add, "add", does.add));
    root.append(make("div", { className: "album-top" }, this.#title, this.#filters, adds),
      this.#remarks, this.#suggestion, this.list, this.foot);
  }

  /** @param {import("./dock.js").Tally} tally */
  show(tally) {
    this.#unsaved = tally.unsaved;
    this.#title.textContent = words.album.photos(tally.all);
    const numbers = { all: tally.all, doubtful: tally.doubtful, failed: tally.failed };
    // A filter that shows nothing would hide everything.
    if (!numbers[this.#filter]) this.#choose("all");
    this.#filters.hidden = !numbers.doubtful && !numbers.failed;
    for (const one of this.#filters.children) {
      const { filter } = one.dataset;
      one.hidden = !numbers[filter];
      one.textContent = words.album.filters[filter](numbers[filter]);
    }
    if (this.#filter !== "all") this.#does.filter(FILTERS[this.#filter]);
  }

  /**
   * @param {string} sentence an empty one takes the suggestion away
   * @param {string} [title] of the button
   * @param {() => void} [act]
   */
  suggest(sentence, title = "", act = null) {
    say(this.#sentence, sentence);
    this.#act.textContent = title;
    this.#act.onclick = act;
    this.#suggestion.hidden = !sentence;
  }

  /** @param {string} sentence something that went otherwise than asked; an empty one takes it away */
  remark(sentence) {
    this.#remark.textContent = sentence;
    this.#remarks.hidden = !sentence;
  }

  #fillFilters() {
    this.#filters.setAttribute("role", "group");
    this.#filters.setAttribute("aria-label", words.album.show);
    for (const filter of Object.keys(FILTERS)) {
      const one = make("button", { type: "button", className: "album-filter", onclick: () => this.#choose(filter) });
      one.dataset.filter = filter;
      one.setAttribute("aria-pressed", String(filter === this.#filter));
      this.#filters.append(one);
    }
  }

  #choose(filter) {
    this.#filter = filter;
    for (const one of this.#filters.children) one.setAttribute("aria-pressed", String(one.dataset.filter === filter));
    this.#does.filter(FILTERS[filter]);
  }

  /** What would be lost is asked for twice. */
  #askToClear() {
    const asked = this.#clear.textContent === words.album.clearAnyway;
    if (this.#unsaved && !asked) this.#clear.textContent = words.album.clearAnyway;
    else {
      this.#clear.textContent = words.album.clear;
      this.#does.clear();
    }
  }
}
