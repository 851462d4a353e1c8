/** What lies in dropped folders, and which of it are photos. */

/** @typedef {{ file: File, path: string }} Found a file, and its name with those of the folders around it */

const IMAGE = /^image\//;
/** In a folder these are seldom meant. */
const DRAWING = /^image\/(svg\+xml|x-icon|vnd\.microsoft\.icon)$/;
/** Photos that not every system knows a type for. */
const PHOTO_NAME = /\.(heic|heif|avif|jxl|webp|tiff?|bmp)$/i;
/** Of the system, not of a person: `.DS_Store`, `__MACOSX`. */
const HIDDEN = /(^|\/)(\.|__MACOSX\/)/;

const order = new Intl.Collator(undefined, { numeric: true });

/**
 * @param {Found[]} found
 * @param {boolean} ofFolder whether they lay in a folder, with whatever else was in it
 * @returns {Found[]} the photos among them, in the order of their names. A file without a type that
 *     was chosen by hand may well be a photo: the engine looks inside.
 */
export function photosAmong(found, ofFolder) {
  const meant = ({ file, path }) => {
    if (!ofFolder) return IMAGE.test(file.type) || !file.type;
    if (HIDDEN.test(path)) return false;
    return file.type ? IMAGE.test(file.type) && !DRAWING.test(file.type) : PHOTO_NAME.test(path);
  };
  return found.filter(meant).sort((one, other) => order.compare(one.path, other.path));
}

/**
 * @param {DataTransfer} transfer of a drop; it is empty once the event is over, so this must be
 *     called within it
 * @returns {Promise<{ found: Found[], ofFolder: boolean }>}
 */
export async function dropped(transfer) {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const folders = items.map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry?.isDirectory);
  if (!folders.length) {
    return { found: [...transfer.files].map((file) => ({ file, path: file.name })), ofFolder: false };
  }
  const beside = items.filter((item) => !item.webkitGetAsEntry()?.isDirectory)
    .map((item) => item.getAsFile()).filter(Boolean)
    .map((file) => ({ file, path: file.name }));
  const inside = await Promise.all(folders.map(within));
  return { found: [...beside, ...inside.flat()], ofFolder: true };
}

/** @returns {Promise<Found[]>} every file in a folder and in those inside it; what cannot be read is left out */
async function within(folder) {
  const found = [];
  for (const entry of await children(folder)) {
    if (entry.isDirectory) found.push(...await within(entry));
    else {
      const file = await new Promise((resolve) => { entry.file(resolve, () => resolve(null)); });
      if (file) found.push({ file, path: entry.fullPath.replace(/^\//, "") });
    }
  }
  return found;
}

/** A folder tells of its entries a hundred at a time, and of none at the end. */
async function children(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve) => { reader.readEntries(resolve, () => resolve([])); });
    if (!some.length) return all;
    all.push(...some);
  }
}
