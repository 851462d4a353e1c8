/** The fields that say how to feed a model and how to read it. */
import { byId, make } from "./dom.js";
import { words } from "./words.js";

const TEXT = ["scale", "fit", "activation", "input", "output"];
const WHOLE = ["size", "multiple"];
const TRIPLES = ["mean", "std"];

/** A field holds what no contract can. The message is a sentence. */
export class BadField extends Error {}

const field = (name) => byId(`own-${name}`);

function label(name) {
  return field(name).labels[0].firstChild.textContent.trim();
}

function whole(name) {
  const number = field(name).valueAsNumber;
  if (Number.isInteger(number) && number > 0) return number;
  throw new BadField(words.own.number(label(name)));
}

/** One number stands for all three channels. */
function triple(name) {
  const text = field(name).value.trim();
  const numbers = text.split(/[\s,;]+/).map(Number);
  const three = numbers.length === 1 ? [numbers[0], numbers[0], numbers[0]] : numbers;
  if (text && three.length === 3 && three.every(Number.isFinite)) return three;
  throw new BadField(words.own.numbers(label(name)));
}

/** @param {{ inputs: object[], outputs: object[] }} candidate its tensors are what can be chosen */
export function offerTensors({ inputs, outputs }) {
  for (const [name, tensors] of [["input", inputs], ["output", outputs]]) {
    field(name).replaceChildren(...tensors.map((tensor) => new Option(tensor.name, tensor.name)));
  }
}

/**
 * @param {object} contract
 * @param {string[]} known names of what the graph itself told
 */
export function writeContract(contract, known) {
  for (const name of [...TEXT, ...WHOLE]) field(name).value = String(contract[name]);
  for (const name of TRIPLES) field(name).value = contract[name].join(", ");
  for (const name of [...TEXT, ...WHOLE, ...TRIPLES]) {
    const place = field(name).labels[0];
    place.querySelector(".known")?.remove();
    if (known.includes(name)) place.append(make("span", { className: "known" }, words.own.fromGraph));
  }
}

/**
 * @returns {object} the contract as it stands in the fields
 * @throws {BadField}
 */
export function readContract() {
  const read = (names, how) => names.map((name) => [name, how(name)]);
  return Object.fromEntries([
    ...read(TEXT, (name) => field(name).value),
    ...read(WHOLE, whole),
    ...read(TRIPLES, triple),
  ]);
}
