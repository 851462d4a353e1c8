/** How the album's numbers are put. */
import { words } from "../words.js";
import { bytes, decimal, seconds } from "./numbers.js";

/** @returns {string} what a finished photo's tile says: "1.4 s · 6.1 MB" */
export function doneFacts(milliseconds, size) {
  return [milliseconds ? seconds(milliseconds) : "", bytes(size)].filter(Boolean).join(" · ");
}

/** @returns {string} "3 of 12" */
export function ofAll(done, all) {
  return words.numbers.of(decimal(done, 0), decimal(all, 0));
}

/** @returns {string} "1 failed · 2 to check" */
export function troubles({ failed, doubtful, stopped }) {
  const { failedOf, toCheck, notDone } = words.album;
  return [
    failed ? failedOf(failed) : "",
    doubtful ? toCheck(doubtful) : "",
    stopped ? notDone(stopped) : "",
  ].filter(Boolean).join(" · ");
}
