/** The page's side of the disk worker; started with the first finished photo. */
import { Callee } from "../build.js";

/** @typedef {{ blob: Blob, name: string | null }} Kept a file put aside; without a name it is in memory */

export class Disk {
  #worker = null;

  /**
   * Puts a file aside, so that the memory it takes can go.
   * @param {Blob} blob
   * @returns {Promise<Kept>} the same bytes; the blob itself where there is no place for it
   */
  async keep(blob) {
    const kept = await this.#call("keep", { blob }).catch(() => null);
    if (!kept) return { blob, name: null };
    return { blob: kept.file.slice(0, kept.file.size, blob.type), name: kept.name };
  }

  /** @param {Kept} kept is no longer needed */
  forget({ name }) {
    if (name) this.#call("forget", { name }).catch(() => {});
  }

  /**
   * @param {{ name: string, file: Blob, modified: number }[]} files
   * @param {(bytes: number) => void} onPacked
   * @returns {Promise<Blob>}
   */
  zip(files, onPacked) {
    return this.#call("zip", { files }, { onNote: onPacked });
  }

  /**
   * @param {FileSystemDirectoryHandle} directory
   * @param {string} path in it
   * @param {Blob} file
   * @param {object | null} last what this gave for the same photo before
   * @returns {Promise<{ path: string, size: number, lastModified: number }>} where it is now
   */
  save(directory, path, file, last) {
    return this.#call("save", { directory, path, file, last });
  }

  #call(...how) {
    if (!this.#worker || this.#worker.ended) {
      this.#worker = new Callee(new URL("./disk-worker.js", import.meta.url).href, "disk");
    }
    return this.#worker.call(...how);
  }
}
