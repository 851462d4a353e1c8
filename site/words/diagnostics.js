/** What is known about this device, in plain words. */
import { words } from "../words.js";
import { outcome, providerName } from "./doing.js";
import { bytes, decimal, gibibytes, seconds } from "./numbers.js";

function processor({ cores, isolated, shared_memory: shared }) {
  const { threads, oneThread } = words.diagnostics;
  return `${words.engine.cores(cores)}, ${isolated && shared ? threads : oneThread}`;
}

function graphics(webgpu) {
  const told = words.diagnostics;
  if (!webgpu) return told.noAdapter;
  return [
    webgpu.description || told.unnamed,
    webgpu.software ? told.softwareOnly : "",
    webgpu.shader_f16 ? told.shortFloats : told.noShortFloats,
  ].filter(Boolean).join(", ");
}

function memory({ memory: told, memory_assumed: assumed, budget }) {
  const known = told ? words.diagnostics.told(told) : words.diagnostics.assumed(assumed);
  return words.diagnostics.mayTake(known, gibibytes(budget));
}

function storage(device) {
  const told = words.diagnostics;
  if (!device.storage) return told.storageNotTold;
  const { usage, quota } = device.storage;
  return told.storageIs(bytes(quota), usage ? bytes(usage) : told.nothing);
}

/** @returns {string} what the known questions and the failures of this device's adapters taught */
function record({ checks, failures }) {
  const answers = Object.values(checks);
  const right = answers.filter(Boolean).length;
  return [
    answers.length ? words.diagnostics.answered(right, answers.length) : "",
    ...Object.entries(failures).map(([adapter, times]) => words.diagnostics.failed(adapter, times)),
  ].filter(Boolean).join("; ");
}

/**
 * @param {object} report from `cutaway.diagnostics()`
 * @returns {[string, string][]} names and what is to say; nothing is left empty
 */
export function facts(report) {
  const { device, version, build } = report;
  const [, ...others] = device.attempts;
  const told = words.diagnostics;
  return [
    [told.version, told.versionIs(version, build)],
    [told.runsWith, `${providerName(device)}. ${device.reason}`],
    [told.ifThatFails, others.map(providerName).join(told.then)],
    [told.processor, processor(device)],
    [told.graphics, graphics(device.webgpu)],
    [told.record, record(report)],
    [told.memory, memory(device)],
    [told.heap, bytes(report.heap)],
    [told.storage, storage(device)],
    [told.engine, told.bundles[device.bundle] ?? device.bundle],
  ].filter(([, text]) => text);
}

/**
 * @param {object} report from `cutaway.diagnostics()`
 * @param {(id: string) => string} title of a model
 * @returns {string[][]} a row each: model, provider, outcome, how often, median time
 */
export function tally(report, title) {
  return report.tally.map((entry) => [
    title(entry.model),
    providerName(entry),
    outcome(entry.outcome) ?? entry.outcome,
    decimal(entry.times, 0),
    entry.milliseconds ? seconds(entry.milliseconds) : words.diagnostics.none,
  ]);
}
