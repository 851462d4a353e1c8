/**
 * The album: the photos that are open together. They are cut one after the other, shown as tiles,
 * opened in the studio one by one, and saved all at once. A finished file is put aside on disk, so
 * that a hundred photos take no more memory than ten.
 */
import { History } from "../history.js";
import { alike, changed, forOthers } from "../look.js";
import { words } from "../words.js";
import { explained } from "../words/python.js";
import { Work } from "../work.js";
import { Disk } from "./disk.js";
import { Dock } from "./dock.js";
import { Frame } from "./frame.js";
import { Grid } from "./grid.js";
import { Item } from "./item.js";
import { baseName, Names } from "./names.js";
import { Runner } from "./runner.js";
import { Saver } from "./saver.js";
import { tally } from "./tally.js";

/** @typedef {import("../look.js").Look} Look */
/** @typedef {import("./folders.js").Found} Found */

export class Album {
  /** @type {Item[]} */
  #items = [];
  /** The one that is open in the studio. @type {Item | null} */
  #opened = null;
  #names = new Names();
  #disk = new Disk();
  #parts;
  #frame;
  #grid;
  #dock;
  #runner;
  #saver;
  #showing = 0;
  #asks = (event) => event.preventDefault();

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.root an empty element
   * @param {import("../engine.js").Engine} parts.engine
   * @param {() => import("../settings.js").Choice} parts.chosen the model, speed and provider for the next photo
   * @param {() => Look} parts.look of photos that have none of their own
   * @param {(look: Look) => void} parts.onLook that look is another now
   * @param {(work: Work) => void} parts.open shows a work in the studio; one without a cutout is to
   *     be cut there
   * @param {() => void} parts.onAdd more photos are asked for
   * @param {() => void} parts.onAddFolder a folder of photos is asked for
   * @param {() => void} parts.onSettings what can be set is to be in sight
   * @param {(choice: object) => void} parts.onRun the engine is about to be used
   * @param {() => void} parts.onEnd it has been used
   * @param {() => void} parts.onEmpty the last photo was taken away
   */
  constructor(parts) {
    this.#parts = parts;
    const { root, engine, chosen, onRun, onEnd } = parts;
    this.#frame = new Frame(root, {
      add: parts.onAdd, addFolder: parts.onAddFolder, settings: parts.onSettings,
      clear: () => this.clear(), filter: (filter) => this.#grid.filter(filter),
    });
    const onChange = () => this.#show();
    this.#saver = new Saver({ disk: this.#disk, onChange, onError: (error) => this.#complain(error) });
    this.#runner = new Runner({
      engine, chosen, onRun, onEnd, onChange, disk: this.#disk,
      next: () => this.#items.find((item) => item.wanting && item !== this.#opened),
      onDone: (item) => this.#saver.save(item),
    });
    this.#grid = new Grid(this.#frame.list, {
      open: (item) => this.#open(item),
      remove: (item) => this.#removeAll([item]),
      retry: (item) => this.#retry([item]),
      save: (item) => this.#saver.downloadOne(item),
      useForAll: (item) => this.#useForAll(item),
    });
    this.#dock = new Dock(this.#frame.foot, this.#whole());
  }

  /** @returns {number} photos */
  get size() {
    return this.#items.length;
  }

  /** @returns {Work[]} */
  get works() {
    return this.#items.map(({ work }) => work);
  }

  /**
   * Takes photos in and begins with them.
   * @param {Found[]} found
   */
  add(found) {
    const look = this.#parts.look();
    this.take(found.map(({ file, path }) => new Work(file, { path, look })));
  }

  /**
   * Takes works in that may have been in the studio before; what has no cutout yet gets one.
   * @param {Work[]} works
   */
  take(works) {
    const items = works.map((work) => new Item(work, this.#names.take(work.path)));
    for (const item of items) item.work.addEventListener("change", () => this.#hear(item));
    this.#items.push(...items);
    this.#grid.add(items);
    for (const item of items) this.#settle(item);
    this.#run();
  }

  /** Shows the album; what is under way in it goes on. */
  show() {
    this.#frame.root.hidden = false;
    const item = this.#opened;
    this.#opened = null;
    this.#runner.yield(false);
    if (item) this.#welcomeBack(item);
    this.#show();
  }

  /** Hides it: the studio has the engine. */
  hide() {
    this.#frame.root.hidden = true;
    this.#runner.yield(true);
  }

  /**
   * Photos without a look of their own follow this one: those that wait at once, finished ones when
   * somebody says so.
   * @param {Look} look
   */
  follow(look) {
    const behind = this.#items.filter((item) => !item.own && !alike(forOthers(item.work.look), look));
    for (const { work } of behind.filter((item) => !item.busy && !item.work.result)) {
      work.history = new History(look);
    }
    const finished = behind.filter(({ work }) => work.result);
    if (!finished.length) return this.#frame.suggest("");
    this.#frame.suggest(words.album.changed(finished.length), words.album.apply, () => this.#give(look, finished));
  }

  /** Saves all that is ready, as soon as the dock offers it. */
  save() {
    this.#dock.save();
  }

  /** @param {string} sentence about what came in, or did not */
  remark(sentence) {
    this.#frame.remark(sentence);
  }

  /** Takes every photo away. */
  clear() {
    this.#runner.cancel();
    this.#removeAll(this.#items);
  }

  /** What can be done with all of them. */
  #whole() {
    return {
      pause: () => this.#runner.pause(),
      resume: () => this.#runner.resume(),
      cancel: () => this.#cancel(),
      again: () => this.#retry(this.#items.filter(({ work }) => work.state === "stopped")),
      retry: () => this.#retry(this.#items.filter(({ work }) => work.state === "failed")),
      zip: () => this.#saver.downloadAll(this.#items).catch((error) => this.#complain(error)),
      folder: () => this.#saver.chooseFolder(this.#items).catch((error) => this.#complain(error)),
    };
  }

  #run() {
    this.#show();
    this.#runner.run().catch((error) => this.#complain(error));
  }

  #open(item) {
    this.#opened = item;
    item.stop(); // the studio does it from here on
    this.hide();
    this.#parts.open(item.work);
  }

  #welcomeBack(item) {
    if (!alike(forOthers(item.work.look), this.#parts.look())) {
      item.own = true;
      if (this.size > 1) {
        const { suggestion, useForAll } = words.album;
        this.#frame.suggest(suggestion(baseName(item.work.path)), useForAll, () => this.#useForAll(item));
      }
    }
    this.#grid.focus(item);
    this.#settle(item);
    this.#run();
  }

  /** What the studio left undone waits for its turn; what it made is put aside. */
  #settle(item) {
    if (item.work.state === "stopped") item.work.update({ state: "waiting" });
    this.#runner.adopt(item).then(() => this.#saver.save(item)).catch((error) => this.#complain(error));
  }

  #useForAll({ work: { look } }) {
    for (const item of this.#items) item.own = false;
    this.#parts.onLook(forOthers(look));
    this.#give(look, this.#items);
  }

  /** What was done by hand to each of them stays. */
  #give(look, items) {
    for (const item of items) {
      const next = changed(look, { edits: item.work.look.edits });
      if (alike(item.work.look, next)) continue;
      item.stop(); // it would get the look from before
      item.work.history.change(next, true);
    }
    this.#frame.suggest("");
    for (const item of this.#items) this.#grid.update(item);
    this.#run();
  }

  #retry(items) {
    for (const { work } of items) work.update({ state: "waiting", error: null });
    this.#runner.resume();
    this.#run();
  }

  #cancel() {
    for (const { work } of this.#items) if (work.state === "waiting") work.update({ state: "stopped" });
    this.#runner.cancel();
  }

  #removeAll(items) {
    this.#items = this.#items.filter((item) => !items.includes(item));
    for (const item of items) {
      item.gone = true;
      item.stop();
      this.#names.free(item.stem);
      for (const kept of item.kept) this.#disk.forget(kept);
      this.#grid.remove(item);
    }
    this.#frame.suggest("");
    this.#show();
    if (!this.size) this.#end();
  }

  #end() {
    this.#runner.resume();
    this.#saver.leaveFolder();
    this.#frame.remark("");
    this.#parts.onEmpty();
  }

  #complain(error) {
    if (!error.code) console.error(error);
    this.#frame.remark(explained(error));
  }

  #hear(item) {
    this.#grid.update(item);
    this.#show();
  }

  /** However much happens, it is told once a frame. */
  #show() {
    this.#showing ||= requestAnimationFrame(() => {
      this.#showing = 0;
      const told = tally(this.#items);
      this.#dock.show(told, this.#runner, this.#saver);
      this.#frame.show(told);
      // The browser asks before the page is left, and only while that would lose something.
      if (told.unsaved || told.wanting) addEventListener("beforeunload", this.#asks);
      else removeEventListener("beforeunload", this.#asks);
    });
  }
}
