/**
 * Calls between threads: a request, any number of notes, one reply.
 *
 *     { id, call, args }              request
 *     { id, note }                    while it runs
 *     { id, value } | { id, failure } once, at the end
 */

/** An error that keeps its code when it crosses a thread. */
export class Failure extends Error {
  /**
   * @param {string} code stable, for programs
   * @param {string} message for people
   */
  constructor(code, message) {
    super(message);
    this.name = "Failure";
    this.code = code;
  }
}

/** A reply whose buffers are handed over instead of copied. */
export class Handover {
  /**
   * @param {unknown} value
   * @param {Transferable[]} transfer
   */
  constructor(value, transfer) {
    this.value = value;
    this.transfer = transfer;
  }
}

/**
 * Answers calls that arrive at this worker.
 * @param {Record<string, (args: any, note: (note: unknown, transfer?: Transferable[]) => void) => unknown>} handlers by call name
 */
export function answer(handlers) {
  self.addEventListener("message", async ({ data: { id, call, args } }) => {
    try {
      const notes = (note, transfer = []) => self.postMessage({ id, note }, transfer);
      const reply = await handlers[call](args, notes);
      if (reply instanceof Handover) self.postMessage({ id, value: reply.value }, reply.transfer);
      else self.postMessage({ id, value: reply });
    } catch (error) {
      self.postMessage({ id, failure: { code: error.code ?? "unexpected", message: String(error.message ?? error) } });
    }
  });
}

/** The calling side of a worker: starts it, calls it, ends it. */
export class Callee {
  #worker;
  #pending = new Map();
  #next = 0;

  /**
   * @param {string} url of the worker's module
   * @param {string} name shown in developer tools
   */
  constructor(url, name) {
    this.#worker = new Worker(url, { type: "module", name });
    this.#worker.addEventListener("message", ({ data }) => this.#receive(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault(); // else it would count as this thread's own error, too
      this.end(new Failure("worker-died", event.message || `The ${name} worker could not run.`));
    });
  }

  /** True once the worker was ended or died. */
  get ended() {
    return this.#worker === null;
  }

  /**
   * @param {string} call
   * @param {unknown} [args]
   * @param {{ transfer?: Transferable[], onNote?: (note: any) => void }} [options]
   * @returns {Promise<any>} rejects with `Failure`
   */
  call(call, args, { transfer = [], onNote } = {}) {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(new Failure("worker-ended", "The worker has been ended."));
      const id = this.#next++;
      this.#pending.set(id, { resolve, reject, onNote });
      this.#worker.postMessage({ id, call, args }, transfer);
    });
  }

  /**
   * Ends the worker at once, which gives its memory back; open calls reject.
   * @param {Failure} [failure] what open calls are told
   */
  end(failure = new Failure("worker-ended", "The worker has been ended.")) {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#pending.values()) reject(failure);
    this.#pending.clear();
  }

  #receive({ id, note, value, failure }) {
    const open = this.#pending.get(id);
    if (!open) return;
    if (note !== undefined) return open.onNote?.(note);
    this.#pending.delete(id);
    if (failure) open.reject(new Failure(failure.code, failure.message));
    else open.resolve(value);
  }
}
