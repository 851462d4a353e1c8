/**
 * What Python says, in the page's language where its file has it. Python names what it says by ids and
 * codes; sentences that are always the same are their own names.
 */
import { CutawayError } from "../error.js";
import { words } from "../words.js";

/** @returns {string} what a person is told of an error */
export function explained(error) {
  if (!(error instanceof CutawayError)) return words.studio.unknown;
  const { errors, sentences } = words.python;
  return sentences[error.message] ?? errors[error.code] ?? error.message;
}

/** What Python says of a speed: how long a photo takes, whether that is long, and more of a method. */
const TAKES = /^About ([\d.]+)\u00a0s of computing for a photo on this device(, which is long)?\.(?: (.*))?$/;

/** @returns {string} the same sentence in the page's language, where it is known */
export function sentence(said) {
  const { sentences, takes } = words.python;
  const [, seconds, long, more] = said.match(TAKES) ?? [];
  if (!takes || !seconds) return sentences[said] ?? said;
  return [takes(Number(seconds), Boolean(long)), more && (sentences[more] ?? more)].filter(Boolean).join(" ");
}

/** A tier may be told by one of its speeds: "Fast: About 0.9 s …" */
function reason(said, speeds) {
  const leading = speeds.find(({ title }) => said.startsWith(`${title}: `));
  if (!leading) return sentence(said);
  const title = words.python.speeds[leading.id] ?? leading.title;
  return `${title}: ${reason(said.slice(leading.title.length + 2), speeds)}`;
}

/** @param {{ id: string }[]} all with titles and notes @param {"models" | "presets" | "families"} kind */
export function translated(all, kind) {
  return all.map((one) => ({ ...one, ...words.python[kind][one.id] }));
}

/** @param {object} offer the answer of `cutaway.tiers()` */
export function offered(offer) {
  const told = (one, titles) => ({
    ...one, title: titles[one.id] ?? one.title, reason: reason(one.reason, offer.speeds),
  });
  const { speeds, tiers } = words.python;
  return {
    ...offer,
    reason: reason(offer.reason, [...offer.tiers, ...offer.speeds]),
    speeds: offer.speeds.map((speed) => told(speed, speeds)),
    tiers: offer.tiers.map((tier) => told(tier, tiers)),
  };
}
