/** What is said of models, speeds and the store. */
import { isStored } from "../catalogue.js";
import { words } from "../words.js";
import { pace } from "./doing.js";
import { bytes, bytesOf, exactly, seconds } from "./numbers.js";

/** @returns {string} "Commercial use: yes" */
export function commercial(model) {
  return words.models.commercial[model.commercial] ?? model.commercial;
}

/** @returns {string} "Licence: Apache-2.0" */
export function licence(model) {
  return words.models.licence(model.licence.replace(/\.$/, ""));
}

/** @returns {string} "stored", or "47.3 MB": what is still to be fetched */
export function download(speed) {
  return speed.missing ? bytes(speed.missing) : words.models.stored;
}

/** @returns {string} for whoever wants to know exactly */
export function exactDownload(speed) {
  const { toFetch, allHere } = words.models;
  return speed.missing ? toFetch(exactly(speed.missing), exactly(speed.bytes)) : allHere(exactly(speed.bytes));
}

/** @returns {string} "≈ 2.8 s"; empty where nobody can tell */
export function expected(speed) {
  return typeof speed.seconds === "number" ? words.models.about(seconds(1000 * speed.seconds)) : "";
}

/**
 * @param {object[]} models of a speed, in the order they run
 * @returns {string[]} a line each: what they are good for, and their licences
 */
export function speedFacts(models) {
  const lead = models.at(-1);
  if (!lead) return [];
  const who = models.length > 1 ? words.models.meanOf(models.map(({ title }) => title)) : `${lead.title}.`;
  return [`${who} ${lead.note}`, ...models.map((model) => terms(model, models.length > 1))];
}

function terms(model, named) {
  return `${named ? `${model.title}: ` : ""}${commercial(model)} · ${licence(model)}`;
}

/** @returns {string[]} a line each, for a model that was chosen instead of a speed */
export function chosenFacts(model) {
  return [words.models.insteadOfSpeed(model.title), model.note, terms(model, false)];
}

/** @returns {string} "Recommended on this device: Best. About 5.4 s …" */
export function recommendation(speed) {
  const { recommended, quickest } = words.models;
  return (speed.comfortable ? recommended : quickest)(speed.title, speed.reason);
}

/** @returns {string} "Best cannot run here. …" */
export function impossible(speed) {
  return words.models.impossible(speed.title, speed.reason);
}

/** @returns {string} "Fast, Balanced" */
export function speedsOf(tier, speeds) {
  return tier.speeds.map((id) => speeds.find((speed) => speed.id === id)?.title ?? id).join(", ");
}

/** @returns {string} what of a model is on this device */
export function storedState(model) {
  if (!model.stored) return "";
  return isStored(model) ? words.models.storedHere : words.models.partStored(bytesOf(model.stored, model.bytes));
}

/** @returns {string} "12.4 of 47.3 MB · 3.2 MB/s · 11 s left"; a server need not tell the whole */
export function arriving({ done, total, rate }) {
  return total ? bytesOf(done, total) + pace(rate, total - done) : bytes(done);
}

/** @returns {string} why a model that cannot be had here is listed all the same */
export function absent(model) {
  return model.unavailable || words.models.absent;
}

/** @returns {string} what came of deleting a model */
export function deleted({ title, stored, own }) {
  return (own ? words.models.deletedOwn : words.models.deleted)(title, bytes(stored));
}

/** @returns {string} what came of deleting all of them */
export function cleared(freed, own) {
  return (own ? words.models.clearedOwn : words.models.cleared)(bytes(freed));
}
