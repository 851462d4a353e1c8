/** Many photos through one engine: a few under way, results in order, nothing pulled too early. */

/** Photos handed over at once; Python decides how many it works on. */
const UNDER_WAY = 3;

/**
 * @template T
 * @param {Iterable<Blob> | AsyncIterable<Blob>} photos pulled one by one, as there is room
 * @param {(photo: Blob, index: number, signal: AbortSignal) => Promise<T>} begin
 * @param {AbortSignal} [signal] ends it: nothing further is pulled, what is under way is cancelled
 * @returns {AsyncGenerator<{ index: number, photo: Blob, result?: T, error?: Error }>}
 */
export async function* batch(photos, begin, signal) {
  const source = photos[Symbol.asyncIterator]?.() ?? photos[Symbol.iterator]();
  const stop = new AbortController();
  const abort = () => stop.abort();
  const stopped = new Promise((resolve) => {
    stop.signal.addEventListener("abort", () => resolve({ stopped: true }));
  });
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  const underWay = [];
  let index = 0;
  let more = !stop.signal.aborted;
  /** The photo that was asked for and has not come yet. */
  let awaited = null;
  const take = (photo) => {
    const mine = { index: index++, photo };
    underWay.push(begin(photo, mine.index, stop.signal).then(
      (result) => ({ ...mine, result }),
      (error) => ({ ...mine, error }),
    ));
  };
  try {
    while (more || underWay.length) {
      if (more && underWay.length < UNDER_WAY) awaited ??= Promise.resolve(source.next());
      // A source that takes its time must not hold back what is done.
      const came = await Promise.race([
        ...(more ? [stopped] : []),
        ...(more && awaited ? [awaited.then((step) => ({ step }))] : []),
        ...underWay.slice(0, 1).map((first) => first.then((outcome) => ({ outcome }))),
      ]);
      if (came.outcome) {
        underWay.shift();
        yield came.outcome;
      } else if (came.stopped || came.step.done) {
        more = false;
      } else {
        awaited = null;
        take(came.step.value);
      }
    }
  } finally {
    abort();
    signal?.removeEventListener("abort", abort);
    // A generator that is still at its next photo would let its end wait for that.
    const closed = source.return?.();
    if (awaited) Promise.allSettled([awaited, closed]);
    else await closed;
  }
}
