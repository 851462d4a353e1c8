/** The tiles of the album: thumbnails where they are in sight, arrow keys from one to the next. */
import { Thumbnails } from "./thumbnails.js";
import { Tile } from "./tile.js";

/** @typedef {import("./item.js").Item} Item */

/** So far beyond the window thumbnails are made ahead. */
const AHEAD = "600px";

export class Grid {
  #list;
  #does;
  /** @type {Map<Item, Tile>} */
  #tiles = new Map();
  #thumbnails = new Thumbnails();
  #near = new Set();
  #byRoot = new WeakMap();
  #dirty = new Set();
  #frame = 0;
  #current = null;
  #observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) this.#see(this.#byRoot.get(target), isIntersecting);
  }, { rootMargin: AHEAD, scrollMargin: AHEAD });

  /**
   * @param {HTMLElement} list
   * @param {object} does as for `Tile`
   */
  constructor(list, does) {
    this.#list = list;
    this.#does = does;
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focusin", ({ target }) => this.#reach(this.#byRoot.get(target.closest(".album-tile"))));
  }

  /** @param {Item[]} items come last */
  add(items) {
    const made = items.map((item) => {
      const tile = new Tile(item, this.#does);
      this.#tiles.set(item, tile);
      this.#byRoot.set(tile.root, tile);
      this.#observer.observe(tile.root);
      return tile;
    });
    this.#list.append(...made.map(({ root }) => root));
    this.#reach(this.#current ?? made[0]);
  }

  /** @param {Item} item something about it changed; drawn once a frame */
  update(item) {
    this.#dirty.add(item);
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      for (const changed of this.#dirty) this.#draw(this.#tiles.get(changed));
      this.#dirty.clear();
    });
  }

  /** @param {Item} item goes; the focus, where it was in its tile, moves to the next */
  remove(item) {
    const tile = this.#tiles.get(item);
    const next = tile.root.nextElementSibling ?? tile.root.previousElementSibling;
    const focused = tile.root.contains(document.activeElement);
    this.#observer.unobserve(tile.root);
    this.#thumbnails.forgo(tile);
    this.#near.delete(tile);
    this.#dirty.delete(item);
    this.#tiles.delete(item);
    tile.remove();
    if (tile !== this.#current) return;
    this.#current = null;
    const other = next && this.#byRoot.get(next);
    if (other) this.#reach(other);
    if (focused) other?.open.focus();
  }

  /** @param {Item} item gets the focus */
  focus(item) {
    this.#tiles.get(item)?.open.focus();
  }

  /** @param {((item: Item) => boolean) | null} filter which ones are shown; null for all */
  filter(filter) {
    for (const [item, { root }] of this.#tiles) root.hidden = filter !== null && !filter(item);
    if (!this.#current || this.#current.root.hidden) this.#reach(this.#shown[0]);
  }

  get #shown() {
    return [...this.#tiles.values()].filter(({ root }) => !root.hidden);
  }

  #draw(tile) {
    if (!tile) return;
    tile.update();
    if (this.#near.has(tile)) this.#picture(tile);
  }

  #see(tile, near) {
    if (near) {
      this.#near.add(tile);
      this.#picture(tile);
    } else {
      this.#near.delete(tile);
      this.#thumbnails.forgo(tile);
      tile.asked = null;
    }
  }

  #picture(tile) {
    const source = tile.wished;
    if (!tile.outdated || tile.asked === source) return;
    tile.asked = source;
    this.#thumbnails.want(tile, source, (thumbnail) => {
      if (this.#tiles.get(tile.item) === tile && source === tile.wished) tile.show(source, thumbnail);
    });
  }

  #reach(tile) {
    if (!tile || tile === this.#current) return;
    if (this.#current) this.#current.reachable = false;
    this.#current = tile;
    tile.reachable = true;
  }

  #key(event) {
    const step = this.#step(event.key);
    if (event.key === "Delete" && this.#current) this.#does.remove(this.#current.item);
    else if (step === null) return;
    else {
      const shown = this.#shown;
      const at = shown.indexOf(this.#current) + step;
      shown[Math.min(shown.length - 1, Math.max(0, at))].open.focus();
    }
    event.preventDefault();
  }

  /** @returns {number | null} how many tiles a key leads on */
  #step(key) {
    const onward = getComputedStyle(this.#list).direction === "rtl" ? -1 : 1;
    const steps = {
      ArrowRight: () => onward, ArrowLeft: () => -onward, ArrowDown: () => this.#columns, ArrowUp: () => -this.#columns,
      Home: () => -this.#tiles.size, End: () => this.#tiles.size,
    };
    return steps[key]?.() ?? null;
  }

  get #columns() {
    return getComputedStyle(this.#list).gridTemplateColumns.split(" ").length;
  }
}
