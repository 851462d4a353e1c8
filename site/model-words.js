/** What is said of models, speeds and the store. */
import { bytes, bytesOf, exactly, isStored, pace, seconds } from "./words.js";

const COMMERCIAL = { yes: "yes", no: "no", unclear: "unclear" };

/** @returns {string} "Commercial use: yes" */
export function commercial(model) {
  return `Commercial use: ${COMMERCIAL[model.commercial] ?? model.commercial}`;
}

/** @returns {string} "Licence: Apache-2.0" */
export function licence(model) {
  return `Licence: ${model.licence.replace(/\.$/, "")}`;
}

/** @returns {string} "stored", or "47.3 MB": what is still to be fetched */
export function download(speed) {
  return speed.missing ? bytes(speed.missing) : "stored";
}

/** @returns {string} for whoever wants to know exactly */
export function exactDownload(speed) {
  return speed.missing
    ? `${exactly(speed.missing)} to fetch, of ${exactly(speed.bytes)}`
    : `${exactly(speed.bytes)}, all on this device`;
}

/** @returns {string} "≈ 2.8 s"; empty where nobody can tell */
export function expected(speed) {
  return typeof speed.seconds === "number" ? `≈ ${seconds(1000 * speed.seconds)}` : "";
}

/**
 * @param {object[]} models of a speed, in the order they run
 * @returns {string[]} a line each: what they are good for, and their licences
 */
export function speedFacts(models) {
  const lead = models.at(-1);
  if (!lead) return [];
  const who = models.length > 1
    ? `The mean of ${models.map(({ title }) => title).join(" and ")}.`
    : `${lead.title}.`;
  return [`${who} ${lead.note}`, ...models.map((model) => terms(model, models.length > 1))];
}

function terms(model, named) {
  return `${named ? `${model.title}: ` : ""}${commercial(model)} · ${licence(model)}`;
}

/** @returns {string[]} a line each, for a model that was chosen instead of a speed */
export function chosenFacts(model) {
  return [
    `${model.title} makes every cutout, so no speed applies. Choose one to go back.`,
    model.note,
    terms(model, false),
  ];
}

/** @returns {string} "Recommended on this device: Best. About 5.4 s …" */
export function recommendation(speed) {
  const choice = speed.comfortable ? "Recommended" : "Quickest";
  return `${choice} on this device: ${speed.title}. ${speed.reason}`;
}

/** @returns {string} "Best cannot run here: …" */
export function impossible(speed) {
  return `${speed.title} cannot run here. ${speed.reason}`;
}

/** @returns {string} "Fast, Balanced" */
export function speedsOf(tier, speeds) {
  return tier.speeds.map((id) => speeds.find((speed) => speed.id === id)?.title ?? id).join(", ");
}

/** @returns {string} what of a model is on this device */
export function storedState(model) {
  if (!model.stored) return "";
  return isStored(model) ? "Stored" : `${bytesOf(model.stored, model.bytes)} stored`;
}

/** @returns {string} "12.4 of 47.3 MB · 3.2 MB/s · 11 s left" */
export function arriving({ done, total, rate }) {
  return bytesOf(done, total) + pace(rate, total - done);
}

/** @returns {string} why a model that cannot be had here is listed all the same */
export function absent(model) {
  return model.unavailable || "Not on this site";
}

/** @returns {string} whether the browser may throw away what is stored */
export function keeping(persisted) {
  return persisted
    ? "This browser keeps everything here until you delete it."
    : "When the disk runs short, this browser may delete what is stored here.";
}

export const said = {
  asking: "Asking the engine",
  stored: (title) => `${title} is stored.`,
  paused: (title) => `${title} is paused. What has arrived is kept.`,
  deleted: ({ title, stored, own }) =>
    `${title} is deleted: ${bytes(stored)} freed. ${own ? "Open it again to use it again." : "It can be downloaded again."}`,
  cleared: (freed, own) =>
    `All models are deleted: ${bytes(freed)} freed.${own ? " Your own have to be opened again." : ""}`,
  persisted: "Agreed: this browser keeps everything here until you delete it.",
  refused: "This browser declined. It often agrees once a page is bookmarked, installed or used more.",
  noRoom: (title) => `${title} came, but this browser has no room to keep all of it. Delete something and try again.`,
  stopped: "The download stopped. What has arrived is kept: resume once the connection is back.",
  using: (title) => `${title} makes every cutout from now on.`,
  notUsing: "The speed decides again.",
};

export const labels = {
  download: "Download",
  pause: "Pause",
  resume: "Resume",
  use: "Use this model",
  using: "In use",
  delete: "Delete",
  noDownload: "No download",
  notHere: "Not here",
  byHand: "To be chosen from the models below",
  recommended: "Recommended here",
  yours: "Yours, not audited",
  stored: "stored",
  nothingStored: "nothing stored",
};
