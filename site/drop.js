/** The ways a photo comes in: dropped anywhere, chosen, or pasted. */
import { words } from "./words.js";

const READABLE = /^image\//;
const MODEL = /\.onnx$/i;
const WELCOME = ["Files", "text/uri-list"];

/**
 * A file without a type may well be a photo: the engine looks inside.
 * @param {File[]} files
 */
function pick(files, { onPhoto, onModel, onRefuse }) {
  if (!files.length) return;
  const model = files.find((file) => MODEL.test(file.name));
  if (model) return onModel(model);
  const photo = files.find((file) => READABLE.test(file.type)) ?? files.find((file) => !file.type);
  if (!photo) return onRefuse(words.notImage(files[0].name));
  onPhoto(photo, files.length > 1 ? words.oneAtATime : "");
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
    take([...event.dataTransfer.files]);
  });
}

/**
 * @param {object} ways
 * @param {(photo: File, remark: string) => void} ways.onPhoto
 * @param {(file: File) => void} ways.onModel not a photo, but a model of somebody's own
 * @param {(sentence: string) => void} ways.onRefuse what came in cannot be a photo, and why
 * @param {() => void} ways.onComing something is dragged over the window that may be a photo
 * @returns {() => void} opens the file chooser
 */
export function acceptPhotos(ways) {
  const input = document.getElementById("file");
  const take = (files) => pick([...files], ways);
  listenForDrops(document.getElementById("landing"), (files) => {
    if (files.length) take(files);
    else ways.onRefuse(words.noFile);
  }, ways.onComing);
  addEventListener("paste", (event) => take(event.clipboardData?.files ?? []));
  const chosen = () => {
    take(input.files);
    // Choosing the same file again must count as a choice.
    input.value = "";
  };
  input.addEventListener("change", chosen);
  // On a slow start a photo may be chosen before anybody listens.
  if (input.files.length) chosen();
  return () => input.click();
}
