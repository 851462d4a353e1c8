/** Saves the subjects, each as a layer of its own, in one ZIP. */
import { Disk } from "../album/disk.js";
import { CutawayError } from "../error.js";
import { download, fileName } from "../saving.js";
import { words } from "../words.js";

const ZIP = "application/zip";

/** @type {Disk | null} */
let disk = null;

/**
 * @param {import("../studio.js").Studio} studio
 * @param {"place" | "crop"} placement as large as the photo, or cropped
 * @returns {Promise<string>} empty: the browser itself says that it saves
 */
export async function saveLayers(studio, placement) {
  const { photo } = studio.work;
  const layers = await studio.layers({ placement });
  const files = layers.map(({ name, blob }) => ({ name, file: blob, modified: Date.now() }));
  files.push({ name: "layers.json", file: listOf(layers, studio.result.receipt.photo), modified: Date.now() });
  download(await packed(files), fileName(photo, "layers", ZIP));
  return "";
}

/** Where in the photo each of them lies, for programs that put them together again. */
function listOf(layers, { width, height }) {
  const list = { photo: { width, height }, layers: layers.map(({ blob, ...layer }) => layer) };
  return new Blob([`${JSON.stringify(list, null, 2)}\n`], { type: "application/json" });
}

async function packed(files) {
  disk ??= new Disk();
  try {
    const zip = await disk.zip(files, () => {});
    return zip.slice(0, zip.size, ZIP);
  } catch (error) {
    console.warn(error);
    throw new CutawayError("not-packed", words.album.zipFailed);
  }
}
