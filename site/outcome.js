/** What came out: files to save, what really ran, the receipt. */
import { fileFacts, ran, retries, words } from "./words.js";

/** @returns {string} "photo-cutout.png" for "photo.jpg" */
function fileName(photo, kind, mime) {
  const stem = (photo.name || "photo").replace(/\.[^.]*$/, "") || "photo";
  const ending = mime.replace("image/", "").replace("jpeg", "jpg");
  return `${stem}-${kind}.${ending}`;
}

function save(blob, name) {
  const link = document.createElement("a");
  const url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file after this task; a minute is plenty and nothing waits for it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function fill(id, text) {
  const line = document.getElementById(id);
  line.textContent = text;
  line.hidden = !text;
}

export class Outcome {
  #download = document.getElementById("download");
  #mask = document.getElementById("mask");
  #details = document.getElementById("details");
  #receipt = document.getElementById("receipt");
  #copy = document.getElementById("copy");
  #photo = null;
  #result = null;

  /** @param {(error: unknown) => void} onError */
  constructor(onError) {
    this.#mask.addEventListener("click", () => this.#saveMask().catch(onError));
    this.#copy.addEventListener("click", () => this.#copyReceipt());
  }

  /**
   * @param {File} photo
   * @param {{ blob: Blob, mask: () => Promise<Blob>, receipt: object }} result
   */
  show(photo, result) {
    this.clear();
    this.#photo = photo;
    this.#result = result;
    this.#download.href = URL.createObjectURL(result.blob);
    this.#download.download = fileName(photo, "cutout", result.blob.type || "image/png");
    this.#receipt.textContent = JSON.stringify(result.receipt, null, 2);
    this.#details.hidden = false;
    fill("ran", ran(result.receipt));
    fill("retries", retries(result.receipt));
    fill("facts", fileFacts(result.receipt));
  }

  /** Forgets the last result and gives its memory back. */
  clear() {
    if (this.#download.href) URL.revokeObjectURL(this.#download.href);
    this.#download.removeAttribute("href");
    this.#photo = null;
    this.#result = null;
    this.#details.hidden = true;
    this.#receipt.textContent = "";
    for (const id of ["ran", "retries", "facts"]) fill(id, "");
  }

  async #saveMask() {
    const photo = this.#photo;
    this.#mask.disabled = true;
    try {
      const mask = await this.#result.mask();
      save(mask, fileName(photo, "mask", "image/png"));
    } finally {
      this.#mask.disabled = false;
    }
  }

  /** Where the clipboard is closed to pages, the text is selected for copying by hand. */
  async #copyReceipt() {
    try {
      await navigator.clipboard.writeText(this.#receipt.textContent);
      this.#copy.textContent = words.copied;
      setTimeout(() => { this.#copy.textContent = words.copy; }, 2000);
    } catch {
      getSelection().selectAllChildren(this.#receipt);
    }
  }
}
