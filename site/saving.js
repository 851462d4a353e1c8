/** The ways out of the studio: a file, the clipboard, another app; the mask and the receipt. */
import { CutawayError } from "./error.js";
import { lookAsOptions } from "./look.js";
import { words } from "./words.js";

const PNG = "image/png";
const JSON_TYPE = "application/json";

/** @typedef {import("./studio.js").Studio} Studio */

/** @returns {string} "photo-cutout.png" for "photo.jpg" */
export function fileName(photo, kind, mime) {
  const stem = (photo.name || "photo").replace(/\.[^.]*$/, "") || "photo";
  const ending = mime.replace(/^\w+\//, "").replace("jpeg", "jpg");
  return `${stem}-${kind}.${ending}`;
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = document.createElement("a");
  const url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file after this task; a minute is plenty and nothing waits for it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * @param {Studio} studio
 * @param {"cutout" | "mask" | "receipt"} kind
 * @returns {Promise<string>} what was done, in a sentence; empty where the browser says so itself
 */
export async function save(studio, kind) {
  const { photo } = studio.work;
  const result = await studio.render();
  const blob = await content(result, kind);
  download(blob, fileName(photo, kind, blob.type || PNG));
  return "";
}

function content(result, kind) {
  if (kind === "mask") return result.mask();
  if (kind === "receipt") return new Blob([JSON.stringify(result.receipt, null, 2)], { type: JSON_TYPE });
  return result.blob;
}

/**
 * Puts the picture on the clipboard. Browsers take PNG there, and nothing else.
 * @param {Studio} studio
 */
export async function copy(studio) {
  // The clipboard is asked at once, while the key or the click still counts, and waits for the picture.
  const png = asPng(studio).then((blob) => new Blob([blob], { type: PNG }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ [PNG]: png })]);
  } catch (error) {
    await png; // if that is what went wrong, it says so better
    throw new CutawayError("no-clipboard", words.studio.noClipboard(error.message));
  }
  return words.studio.copied;
}

async function asPng(studio) {
  const { blob } = await studio.render();
  if (blob.type === PNG) return blob;
  const cutaway = await studio.cutaway();
  const png = { ...lookAsOptions(studio.look), preset: null, format: PNG, quality: null };
  return (await cutaway.change(studio.result, png)).blob;
}

/** @param {Studio} studio */
export async function share(studio) {
  const { photo } = studio.work;
  const { blob } = await studio.render();
  const file = new File([blob], fileName(photo, "cutout", blob.type), { type: blob.type });
  try {
    await navigator.share({ files: [file] });
  } catch (error) {
    if (error.name === "AbortError") return "";
    // It took so long to write that the press no longer counts: now it is written.
    throw new CutawayError("not-shared", words.studio.shareAgain);
  }
  return "";
}

/** @returns {boolean} whether this browser can hand a picture to another app */
export function canShare() {
  const probe = new File([], "cutout.png", { type: PNG });
  return Boolean(navigator.canShare?.({ files: [probe] }));
}

/** @returns {boolean} whether this browser lets a page put pictures on the clipboard */
export function canCopy() {
  return Boolean(globalThis.ClipboardItem && navigator.clipboard?.write);
}
