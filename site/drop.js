/** The ways photos come in: dropped anywhere, chosen one by one or as a folder, or pasted. */
import { dropped, photosAmong } from "./album/folders.js";
import { words } from "./words.js";

const MODEL = /\.onnx$/i;
const WELCOME = ["Files", "text/uri-list"];

/** @typedef {import("./album/folders.js").Found} Found */

/**
 * One photo goes to the studio, several and those of a folder belong together.
 * @param {Found[]} found
 * @param {boolean} ofFolder whether they lay in a folder, with whatever else was in it
 */
function pick(found, ofFolder, { onPhoto, onPhotos, onModel, onRefuse }) {
  if (!found.length) return ofFolder ? onRefuse(words.album.emptyFolder) : undefined;
  const model = found.find(({ file }) => MODEL.test(file.name));
  if (model && !ofFolder) return onModel(model.file);
  const photos = photosAmong(found, ofFolder);
  if (!photos.length) {
    return onRefuse(ofFolder ? words.album.noPhotosInFolder : words.studio.notImage(found[0].file.name));
  }
  // What else lies in a folder was hardly meant.
  const left = ofFolder ? 0 : found.length - photos.length;
  const remark = left ? words.album.leftOut(left) : "";
  if (photos.length === 1 && !ofFolder) onPhoto(photos[0].file, remark);
  else onPhotos(photos, remark);
}

/** Files, or a picture of another page, which some browsers hand over as a mere address. */
function maybePhoto(event) {
  return WELCOME.some((type) => event.dataTransfer?.types.includes(type));
}

function listenForDrops(landing, take, onComing) {
  // Enter and leave come for every element the pointer crosses, so they are counted.
  let depth = 0;
  const count = (change) => {
    if (depth === 0 && change > 0) onComing();
    depth = Math.max(0, depth + change);
    landing.hidden = depth === 0;
  };
  addEventListener("dragenter", (event) => maybePhoto(event) && count(1));
  addEventListener("dragleave", (event) => maybePhoto(event) && count(-1));
  addEventListener("dragover", (event) => {
    if (!maybePhoto(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    if (!maybePhoto(event)) return;
    event.preventDefault();
    count(-depth);
    take(event.dataTransfer);
  });
}

/** Takes what is chosen in a file input, also what was chosen before anybody listened. */
function listenForChoice(input, take) {
  const chosen = () => {
    take([...input.files]);
    // Choosing the same file again must count as a choice.
    input.value = "";
  };
  input.addEventListener("change", chosen);
  if (input.files.length) chosen();
}

/** @returns {Found} a file that lies in no folder */
function alone(file) {
  return { file, path: file.name };
}

/**
 * @param {object} ways
 * @param {(photo: File, remark: string) => void} ways.onPhoto a single one
 * @param {(photos: Found[], remark: string) => void} ways.onPhotos several, or those of a folder
 * @param {(file: File) => void} ways.onModel not a photo, but a model of somebody's own
 * @param {(sentence: string) => void} ways.onRefuse what came in cannot be a photo, and why
 * @param {() => void} ways.onComing something is dragged over the window that may be a photo
 * @returns {() => void} opens the file chooser
 */
export function acceptPhotos(ways) {
  const input = document.getElementById("file");
  const folder = document.getElementById("folder");
  listenForDrops(document.getElementById("landing"), async (transfer) => {
    const { found, ofFolder } = await dropped(transfer);
    if (found.length || ofFolder) pick(found, ofFolder, ways);
    else ways.onRefuse(words.studio.noFile);
  }, ways.onComing);
  addEventListener("paste", (event) => pick([...(event.clipboardData?.files ?? [])].map(alone), false, ways));
  listenForChoice(input, (files) => pick(files.map(alone), false, ways));
  listenForChoice(folder, (files) => {
    pick(files.map((file) => ({ file, path: file.webkitRelativePath || file.name })), true, ways);
  });
  return () => input.click();
}
