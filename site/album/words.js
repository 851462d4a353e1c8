/** Every sentence of the album, and how its numbers are put. */
import { bytes, count, seconds } from "../words.js";

const photos = (number) => count(number, "photo");

/** @returns {string} "40 s", "3 min", "2 h": rough, so that it does not flicker */
function roughly(left) {
  if (left < 55) return `${Math.max(5, 5 * Math.ceil(left / 5))} s`;
  if (left < 90 * 60) return `${Math.ceil(left / 60)} min`;
  return `${Math.ceil(left / 3600)} h`;
}

/** @returns {string} what a finished photo's tile says: "1.4 s · 6.1 MB" */
export function doneFacts(milliseconds, size) {
  return [milliseconds ? seconds(milliseconds) : "", bytes(size)].filter(Boolean).join(" · ");
}

/** @returns {string} "3 of 12" */
export function ofAll(done, all) {
  return `${done} of ${all}`;
}

/** @returns {string} "about 2 min left"; empty as long as nobody can tell */
export function timeLeft(left) {
  return left === null ? "" : `about ${roughly(left)} left`;
}

/** @returns {string} "1 failed · 2 to check" */
export function troubles({ failed, doubtful, stopped }) {
  return [
    failed ? `${failed} failed` : "",
    doubtful ? `${doubtful} to check` : "",
    stopped ? `${stopped} not done` : "",
  ].filter(Boolean).join(" · ");
}

export const words = {
  // What is taken in
  emptyFolder: "There is nothing in this folder.",
  noPhotosInFolder: "No photos were found in this folder.",
  leftOut: (number) => (number === 1
    ? "1 file that is no photo was left out."
    : `${number} files that are no photos were left out.`),

  // All of them
  photos,
  progress: "Photos",
  working: (number) => `Cutting out ${photos(number)}`,
  paused: "Paused",
  yielding: "Waits while a photo is open",
  done: (number) => (number === 1 ? "The cutout is ready" : `All ${number} cutouts are ready`),
  doneSome: (ready, all) => `${ready} of ${count(all, "cutout")} ready`,
  noneDone: "No cutouts made",
  cancel: "Cancel",
  pause: "Pause",
  resume: "Go on",
  again: "Start again",
  retryFailed: "Retry failed",
  show: "Show",
  filters: {
    all: () => "All",
    doubtful: (number) => `To check ${number}`,
    failed: (number) => `Failed ${number}`,
  },
  add: "Add photos",
  addFolder: "Add folder",
  settings: "Settings",
  clear: "Remove all",
  clearAnyway: "Remove unsaved cutouts, too?",
  dismiss: "Dismiss",
  suggestion: (name) => `${name} has a look of its own now.`,
  useForAll: "Use it for all photos",
  changed: (number) => (number === 1
    ? "The settings are others than those of the finished photo."
    : `The settings are others than those of ${number} finished photos.`),
  apply: "Apply them",
  back: "Back to all photos",
  notLoaded: "The album could not be loaded. Check the connection, and add the photos again.",

  // One of them
  waiting: "Waiting",
  stopped: "Not done",
  failed: "Failed",
  changing: "Applying its look",
  check: "Check this one",
  ownLook: "Own look",
  starting: "Starting",
  open: (name) => `Open ${name}`,
  remove: (name) => `Remove ${name}`,
  save: (name) => `Download ${name}`,
  useLookOf: (name) => `Use the look of ${name} for all`,
  retry: (name) => `Try ${name} again`,

  // Saving
  zip: "Download ZIP",
  toFolder: "Save to folder",
  otherFolder: "Other folder",
  packing: (percent) => `Packing · ${percent} %`,
  zipName: "cutouts.zip",
  reportName: "Not cut out.txt",
  notYet: "not done yet",
  savedTo: (name, number) => `${count(number, "cutout")} saved to “${name}”`,
  folderFailed: (name) => `“${name}” no longer takes files. Choose the folder again, or save a ZIP.`,
  zipFailed: "The ZIP could not be made: there may be too little room on this device. "
    + "Save to a folder, or remove some photos.",
};
