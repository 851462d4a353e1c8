/**
 * What a thread has done and when, for the timeline in the diagnostics.
 *
 * Spans are the browser's own measures, so that its developer tools show them too. The threads'
 * clocks start at different moments: what leaves a thread counts from 1970.
 *
 * @typedef {{ name: string, start: number, duration: number }} Span milliseconds, start since 1970
 */

/** In front of our measures' names; a page may have others. */
const OURS = "cutaway ";
/** So many spans of each thread are kept: a visit's start and its first photos. */
const KEPT = 400;

let count = 0;

/**
 * Notes what has lasted until now.
 * @param {string} name
 * @param {number} begun of `performance.now()`
 */
export function lasted(name, begun) {
  if (count++ < KEPT) performance.measure(OURS + name, { start: begun });
}

/**
 * Does something and notes how long it took, also where it fails.
 * @template T
 * @param {string} name
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function timed(name, work) {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    lasted(name, begun);
  }
}

/** @returns {Span[]} of this thread: what was noted, and what it has fetched */
export function spans() {
  const noted = performance.getEntriesByType("measure").filter(({ name }) => name.startsWith(OURS));
  const fetched = performance.getEntriesByType("resource");
  return [
    ...noted.map((entry) => span(entry.name.slice(OURS.length), entry)),
    ...fetched.map((entry) => span(`fetch ${new URL(entry.name).pathname.split("/").at(-1)}`, entry)),
  ];
}

function span(name, { startTime, duration }) {
  return { name, start: performance.timeOrigin + startTime, duration };
}

/**
 * All threads' spans as a trace that chrome://tracing and Perfetto open.
 * @param {Record<string, Span[]>} threads by name
 */
export function trace(threads) {
  const all = Object.entries(threads);
  const origin = Math.min(...all.flatMap(([, noted]) => noted.map(({ start }) => start)));
  const traceEvents = all.flatMap(([thread, noted], tid) => [
    { ph: "M", name: "thread_name", pid: 1, tid, args: { name: thread } },
    ...noted.map(({ name, start, duration }) => ({
      ph: "X", name, pid: 1, tid, ts: Math.round((start - origin) * 1000), dur: Math.round(duration * 1000),
    })),
  ]);
  return { traceEvents, displayTimeUnit: "ms" };
}
