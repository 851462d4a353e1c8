/** What all photos of the album come to. */

/**
 * @typedef {object} Tally
 * @property {number} all photos
 * @property {number} ready
 * @property {number} wanting to be done, or being done
 * @property {number} failed
 * @property {number} stopped
 * @property {number} doubtful
 * @property {number} unsaved ready ones
 * @property {number} placed in the chosen folder
 * @property {import("../types.js").Progress | null} fetching what all of them wait for
 */

/**
 * @param {import("./item.js").Item[]} items
 * @returns {Tally}
 */
export function tally(items) {
  const number = (matches) => items.filter(matches).length;
  return {
    all: items.length,
    ready: number(({ ready }) => ready),
    wanting: number(({ wanting, busy }) => wanting || busy),
    failed: number(({ work }) => work.state === "failed"),
    stopped: number(({ work }) => work.state === "stopped"),
    doubtful: number(({ doubtful }) => doubtful),
    unsaved: number((item) => item.ready && item.saved !== item.work.history.run),
    placed: number(({ place }) => place !== null),
    fetching: items.find(({ work }) => work.progress?.unit === "bytes")?.work.progress ?? null,
  };
}
