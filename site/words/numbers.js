/** How the page's language writes numbers, sizes and times. Signs and short words come from its file. */
import { words } from "../words.js";

const SCALES = [[1e9, 1], [1e6, 1], [1e3, 0]];
const made = new Map();

/** @returns {string} the page's language, as it is written where this person lives */
function locale() {
  const language = globalThis.document?.documentElement.lang || "en";
  const spoken = (globalThis.navigator?.languages ?? []).find((tag) => tag.split("-")[0] === language);
  return spoken ?? language;
}

function format(digits) {
  if (!made.has(digits)) {
    made.set(digits, new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  return made.get(digits);
}

/** @returns {string} the number with exactly so many decimals */
export function decimal(value, digits) {
  return format(digits).format(value);
}

/**
 * @param {number} number
 * @param {Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }} forms of a noun
 * @returns {string} "1 photo", "1,200 photos"
 */
export function count(number, forms) {
  if (!made.has("plural")) made.set("plural", new Intl.PluralRules(locale()));
  return `${decimal(number, 0)} ${forms[made.get("plural").select(number)] ?? forms.other}`;
}

/** Which unit a size is told in. */
function scaled(size) {
  const at = SCALES.findIndex(([scale]) => size >= scale);
  if (at < 0) return { write: (value) => decimal(value, 0), unit: (value) => words.numbers.bytes(value) };
  const [scale, digits] = SCALES[at];
  return { write: (value) => decimal(value / scale, digits), unit: () => words.numbers.scales[at] };
}

/** @returns {string} "4.6 MB" */
export function bytes(size) {
  const { write, unit } = scaled(size);
  return `${write(size)} ${unit(size)}`;
}

/** @returns {string} "12.4 of 47.3 MB": both numbers in the total's unit */
export function bytesOf(done, total) {
  const { write, unit } = scaled(total);
  return words.numbers.of(write(done), `${write(total)} ${unit(total)}`);
}

/** @returns {string} "4,574,861 bytes" */
export function exactly(size) {
  return `${decimal(size, 0)} ${words.numbers.bytes(size)}`;
}

/** @returns {string} "4.0 GB": memory, as the makers of memory count it */
export function gibibytes(size) {
  return `${decimal(size / 2 ** 30, 1)} ${words.numbers.scales[0]}`;
}

/** @returns {string} "1.4 s", "12 s" */
export function seconds(milliseconds) {
  return `${decimal(milliseconds / 1000, milliseconds < 9950 ? 1 : 0)} ${words.numbers.second}`;
}

/** @returns {string} "40 s", "3 min", "2 h": rough, so that it does not flicker */
export function roughly(left) {
  const { second, minute, hour } = words.numbers;
  if (left < 55) return `${decimal(Math.max(5, 5 * Math.ceil(left / 5)), 0)} ${second}`;
  if (left < 90 * 60) return `${decimal(Math.ceil(left / 60), 0)} ${minute}`;
  return `${decimal(Math.ceil(left / 3600), 0)} ${hour}`;
}

/** @returns {string} "50 %" */
export function percent(share) {
  return words.numbers.percent(decimal(100 * share, 0));
}
