/** What is known about this device, in plain words. */
import { bytes, count, gibibytes, outcome, providerName, seconds } from "./words.js";

const BUNDLES = {
  jspi: "ONNX Runtime with WebGPU (JSPI)",
  asyncify: "ONNX Runtime with WebGPU (Asyncify)",
  wasm: "ONNX Runtime without WebGPU",
};

function processor({ cores, isolated, shared_memory: shared }) {
  const threads = isolated && shared ? "threads can be used" : "one thread only, the page is not isolated";
  return `${count(cores, "core")}, ${threads}`;
}

function graphics(webgpu) {
  if (!webgpu) return "No WebGPU adapter";
  return [
    webgpu.description || "Unnamed WebGPU adapter",
    webgpu.software ? "software only" : "",
    webgpu.shader_f16 ? "16-bit floats" : "no 16-bit floats",
  ].filter(Boolean).join(", ");
}

function memory({ memory: told, memory_assumed: assumed, budget }) {
  const known = told ? `${told} GB or more` : `Not told by the browser, ${assumed} GB assumed`;
  return `${known}; this page may take ${gibibytes(budget)}`;
}

function storage(device) {
  if (!device.storage) return "Not told by the browser";
  const { usage, quota } = device.storage;
  return `${bytes(quota)} allowed, ${usage ? bytes(usage) : "nothing"} used when the page started`;
}

/** @returns {string} what the known questions and the failures of this device's adapters taught */
function record({ checks, failures }) {
  const answers = Object.values(checks);
  const right = answers.filter(Boolean).length;
  return [
    answers.length ? `${right} of ${count(answers.length, "known question")} answered right` : "",
    ...Object.entries(failures).map(([adapter, times]) => `${adapter} failed ${count(times, "time")}`),
  ].filter(Boolean).join("; ");
}

/**
 * @param {object} report from `cutaway.diagnostics()`
 * @returns {[string, string][]} names and what is to say; nothing is left empty
 */
export function facts(report) {
  const { device, version, build } = report;
  const [, ...others] = device.attempts;
  return [
    ["Version", `${version}, build ${build}`],
    ["Runs with", `${providerName(device)}. ${device.reason}`],
    ["If that fails", others.map(providerName).join(", then ")],
    ["Processor", processor(device)],
    ["Graphics", graphics(device.webgpu)],
    ["WebGPU record", record(report)],
    ["Memory", memory(device)],
    ["Python’s memory", bytes(report.heap)],
    ["Storage", storage(device)],
    ["Engine", BUNDLES[device.bundle] ?? device.bundle],
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
    String(entry.times),
    entry.milliseconds ? seconds(entry.milliseconds) : "–",
  ]);
}
