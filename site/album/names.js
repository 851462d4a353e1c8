/** What finished files are called: after their photos, in the same sub-folders, each name once. */

/** What Windows refuses in a name: no system should trip over a name that another one gave. */
const FORBIDDEN = /[\u0000-\u001f<>:"\\|?*]/g;
const ENDS = /^\s+|[\s.]+$/g;

/**
 * @param {string} path of a photo, "folder/name.jpg"
 * @returns {string} "folder/name-cutout", without an ending
 */
function stemOf(path) {
  const parts = path.split("/").filter((part) => part && part !== "." && part !== "..");
  const name = parts.pop()?.replace(/(?!^)\.[^.]*$/, "") ?? "";
  const clean = [...parts, name].map((part) => part.replace(FORBIDDEN, "_").replace(ENDS, "") || "_");
  return `${clean.join("/")}-cutout`;
}

/** @returns {string} "png" for "image/png" */
function ending(mime) {
  return mime.replace("image/", "").replace("jpeg", "jpg");
}

/**
 * @param {string} stem
 * @param {string} mime
 * @returns {string} a file's path
 */
export function fileName(stem, mime) {
  return `${stem}.${ending(mime)}`;
}

/** @returns {string} "name" of "folder/name" */
export function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** @returns {string} "beach/one.jpg" of "holiday/beach/one.jpg": the outermost folder says nothing new */
export function shortPath(path) {
  const parts = path.split("/");
  return parts.slice(parts.length > 2 ? 1 : -1).join("/");
}

/** Gives every photo a name of its own; some systems do not tell "A" from "a". */
export class Names {
  #taken = new Set();

  /**
   * @param {string} path of a photo
   * @returns {string} a stem that no other photo has: "folder/name-cutout", "folder/name-cutout-2"
   */
  take(path) {
    const wished = stemOf(path);
    let stem = wished;
    for (let n = 2; this.#taken.has(stem.toLowerCase()); n++) stem = `${wished}-${n}`;
    this.#taken.add(stem.toLowerCase());
    return stem;
  }

  /** @param {string} stem of a photo that has gone */
  free(stem) {
    this.#taken.delete(stem.toLowerCase());
  }
}
