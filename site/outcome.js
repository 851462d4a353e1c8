/** What came out: files to save, what really ran, the receipt. */
import { offerCopy } from "./copy.js";
import { check, fileFacts, ran, retries } from "./receipt-words.js";

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
  #notices = document.getElementById("notices");
  #check = document.getElementById("check");
  #photo = null;
  #result = null;
  #title;

  /**
   * @param {object} options
   * @param {(id: string) => string} options.title of a model
   * @param {(error: unknown) => void} options.onError
   */
  constructor({ title, onError }) {
    this.#title = title;
    this.#mask.addEventListener("click", () => this.#saveMask().catch(onError));
    offerCopy(document.getElementById("copy"), this.#receipt);
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
    fill("retries", retries(result.receipt, this.#title));
    fill("facts", fileFacts(result.receipt));
    // Never hidden, only empty: screen readers hear what comes into a region that they know.
    this.#notices.textContent = result.receipt.notices.join(" ");
    this.#check.textContent = check(result.receipt);
  }

  /** Forgets the last result and gives its memory back. */
  clear() {
    if (this.#download.href) URL.revokeObjectURL(this.#download.href);
    this.#download.removeAttribute("href");
    this.#photo = null;
    this.#result = null;
    this.#details.hidden = true;
    this.#receipt.textContent = "";
    this.#notices.textContent = "";
    this.#check.textContent = "";
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
}
