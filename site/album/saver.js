/** Brings finished files to the person: into a folder as they are done, or all in one ZIP. */
import { CutawayError } from "../error.js";
import { download } from "../saving.js";
import { words } from "../words.js";
import { explained } from "../words/python.js";
import { baseName, fileName } from "./names.js";

/** @typedef {import("./item.js").Item} Item */

/** @returns {boolean} whether this browser lets pages write into a folder that a person chose */
export const canChooseFolder = () => "showDirectoryPicker" in globalThis;

export class Saver {
  #disk;
  #onChange;
  #onError;
  #folder = null;
  #queue = Promise.resolve();
  /** Percent, while a ZIP is being packed. @type {number | null} */
  packing = null;

  /**
   * @param {object} parts
   * @param {import("./disk.js").Disk} parts.disk
   * @param {() => void} parts.onChange of what is saved, and where to
   * @param {(error: Error) => void} parts.onError
   */
  constructor({ disk, onChange, onError }) {
    this.#disk = disk;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** @returns {string} the name of the chosen folder; empty while there is none */
  get folderName() {
    return this.#folder?.name ?? "";
  }

  /**
   * Lets the person choose a folder; what is ready is saved there at once.
   * @param {Item[]} items
   */
  async chooseFolder(items) {
    try {
      this.#folder = await showDirectoryPicker({ id: "cutouts", mode: "readwrite" });
    } catch (error) {
      if (error.name === "AbortError") return; // nothing was chosen
      throw error;
    }
    for (const item of items) {
      // That was another folder.
      item.place = null;
      item.placed = null;
      if (item.ready) this.save(item);
    }
    this.#onChange();
  }

  /** What comes next belongs somewhere else. */
  leaveFolder() {
    this.#folder = null;
  }

  /** @param {Item} item is ready; it goes into the chosen folder, if there is one */
  save(item) {
    if (this.#folder) this.#queue = this.#queue.then(() => this.#save(item));
  }

  /**
   * All that is ready, in one file; what is not is listed in a text beside it.
   * @param {Item[]} items
   */
  async downloadAll(items) {
    if (this.packing !== null) return;
    const ready = items.filter((item) => item.ready);
    const files = ready.map((item) => ({
      name: fileName(item.stem, item.file.type), file: item.file, modified: Date.now(),
    }));
    if (ready.length < items.length) files.push(report(items.filter((item) => !item.ready)));
    const runs = ready.map((item) => item.work.history.run);
    this.#pack(0);
    try {
      const zip = await this.#packed(files);
      download(zip.slice(0, zip.size, "application/zip"), zipName(ready));
      ready.forEach((item, index) => { item.saved = runs[index]; });
    } finally {
      this.#pack(null);
    }
  }

  /** @param {Item} item is ready */
  downloadOne(item) {
    download(item.file, baseName(fileName(item.stem, item.file.type)));
    item.saved = item.work.history.run;
    this.#onChange();
  }

  async #packed(files) {
    const all = files.reduce((sum, { file }) => sum + file.size, 0);
    try {
      return await this.#disk.zip(files, (done) => this.#pack(Math.floor((100 * done) / all)));
    } catch (error) {
      console.warn(error);
      throw new CutawayError("not-packed", words.album.zipFailed);
    }
  }

  #pack(percent) {
    this.packing = percent;
    this.#onChange();
  }

  async #save(item) {
    const folder = this.#folder;
    const { run } = item.work.history;
    // It may have gone, or be made anew, since it was its turn.
    if (!folder || !item.ready || item.placed === run) return;
    try {
      item.place = await this.#disk.save(folder, fileName(item.stem, item.file.type), item.file, item.place);
      item.placed = run;
      item.saved = run;
    } catch (error) {
      if (this.#folder !== folder) return;
      console.warn(error);
      this.#folder = null;
      this.#onError(new CutawayError("not-saved", words.album.folderFailed(folder.name)));
    }
    this.#onChange();
  }
}

/** "holiday-cutouts.zip" where all lay in one folder. */
function zipName(items) {
  const folders = new Set(items.map(({ stem }) => (stem.includes("/") ? stem.split("/")[0] : "")));
  const [only] = folders;
  return folders.size === 1 && only ? `${only}-${words.album.zipName}` : words.album.zipName;
}

/** Names what is missing, and why. */
function report(items) {
  const why = ({ state, error }) => (state === "failed" ? explained(error) : words.album.notYet);
  const lines = items.map(({ work }) => `${work.path}: ${why(work)}`);
  // Windows' own editor wants both characters.
  return { name: words.album.reportName, file: new Blob([`${lines.join("\r\n")}\r\n`]), modified: Date.now() };
}
