/**
 * The python worker: Pyodide and the package `cutaway`, which decides everything.
 *
 * This file boots it, passes the page's calls to `host/browser.py`, and carries out what Python
 * asks of the inference worker and the store.
 */
import { answer, Callee, Failure } from "./calls.js";
import { INFERENCE, PYTHON } from "./messages.js";
import { Store } from "./store.js";

let build;
let root;
let store;
/** The module `cutaway.host.browser`. */
let python;
/** The inference worker, or null while there is none. */
let inference = null;
/** Downloads without a run, by job. */
const downloads = new Map();

answer({
  async [PYTHON.start](args, note) {
    ({ build, root } = args);
    store = new Store(root);
    startInference();
    python = await bootPython(note);
    return ask(python.start, args.settings);
  },

  async [PYTHON.removeBackground]({ job, photo, options }, note) {
    const { data, mime, receipt } = await ask(python.remove_background, job, photo, options, reporter(note));
    return { blob: new Blob([data], { type: mime }), receipt };
  },

  [PYTHON.prepare]: ({ job, options }, note) => ask(python.prepare, job, options, reporter(note)),

  async [PYTHON.mask]({ photo }) {
    const { data, mime } = await ask(python.mask, photo);
    return new Blob([data], { type: mime });
  },

  [PYTHON.cancel]({ job }) {
    downloads.get(job)?.abort();
    python.cancel(job);
  },
  [PYTHON.device]: () => ask(python.device),
  [PYTHON.diagnostics]: () => ask(python.diagnostics),
  [PYTHON.models]: () => ask(python.models),
  [PYTHON.tiers]: () => ask(python.tiers),

  [PYTHON.storeList]: () => Promise.all(Object.values(build.models).map(kept)),
  async [PYTHON.storeFetch]({ job, id }, note) {
    const stop = new AbortController();
    downloads.set(job, stop);
    const report = (done, total) => note({ stage: "model", done, total, unit: "bytes", model: id });
    try {
      await store.load(carried(id), report, stop.signal);
    } finally {
      downloads.delete(job);
    }
  },
  [PYTHON.storeDelete]: ({ id }) => store.delete(carried(id)),
  [PYTHON.storeClear]: () => store.clear(),
});

/** What Python may ask for; `host/browser.py` is its only caller. */
const bridge = {
  device: () => call(INFERENCE.device),
  load(model, provider, threads, seconds, report) {
    const watchdog = new Watchdog(seconds);
    const onNote = ({ done, total }) => {
      watchdog.renew();
      report(done, total);
    };
    return watchdog.over(call(INFERENCE.load, { model, provider, threads }, { onNote }));
  },
  run(model, names, arrays, outputs, seconds) {
    const feeds = {};
    const transfer = [];
    for (const [i, name] of names.entries()) {
      // The view must not outlive this turn, since memory may grow: copy once, then hand over.
      const view = arrays[i].getBuffer("f32");
      const data = view.data.slice();
      feeds[name] = { data, shape: [...view.shape] };
      view.release();
      transfer.push(data.buffer);
    }
    return new Watchdog(seconds).over(call(INFERENCE.run, { model, feeds, outputs }, { transfer }));
  },
  reset: endInference,
  evict: (model) => store.delete(build.models[model]),
  breathe: () => new Promise((resolve) => setTimeout(resolve)),
  stored: () => Promise.all(Object.values(build.models).map(kept)),
  recall: () => store.recall(),
  remember: (text) => store.remember(text),
};

/** Python's `report` for one job. */
function reporter(note) {
  return (stage, done, total, unit, model) => note({ stage, done, total, unit, model });
}

function carried(id) {
  if (!build.models[id]) throw new Failure("not-carried", `This site does not carry ${id}.`);
  return build.models[id];
}

async function kept(part) {
  return { id: part.id, bytes: part.bytes, stored: await store.stored(part) };
}

function startInference() {
  inference = new Callee(new URL(build.worker.inference, root).href, "inference");
  inference.call(INFERENCE.start, { build, root }).catch(() => {}); // told by the next call
}

function endInference() {
  inference?.end();
  inference = null;
}

function call(name, args, options) {
  if (!inference || inference.ended) startInference();
  return inference.call(name, args, options);
}

/** Ends the inference worker when it neither answers nor gives a sign: nothing short of that stops it. */
class Watchdog {
  #seconds;
  #timer;
  #bite;

  /** @param {number} seconds */
  constructor(seconds) {
    this.#seconds = seconds;
  }

  /** Starts to count anew. */
  renew() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#bite, this.#seconds * 1000);
  }

  /** Settles as `answered` does, or rejects once the time is up. */
  async over(answered) {
    const late = new Promise((_, reject) => {
      this.#bite = () => {
        reject(new Failure("timeout", `No answer within ${this.#seconds} s.`));
        endInference();
      };
    });
    this.renew();
    try {
      return await Promise.race([answered, late]);
    } finally {
      clearTimeout(this.#timer);
      this.#bite = () => {}; // a last note may still come
    }
  }
}

/** Calls into Python; its failures come back as data and are thrown here with their code. */
async function ask(function_, ...args) {
  const { value, failure } = await function_(...args).catch((error) => {
    if (!error.pyodide_fatal_error) throw error;
    throw new Failure("interpreter-died", "This photo was too much for the browser. Try a smaller one.");
  });
  if (failure) throw new Failure(failure.code, failure.message);
  return value;
}

async function bootPython(note) {
  const progress = bootProgress(note);
  const indexURL = new URL(build.pyodide.url, root).href;
  const archives = build.packages.map(async ({ url }) =>
    new Uint8Array(await (await fetch(new URL(url, root))).arrayBuffer()),
  );
  const { loadPyodide } = await import(`${indexURL}pyodide.mjs`);
  const pyodide = await loadPyodide({ indexURL });
  const extractDir = pyodide.runPython("import site; site.getsitepackages()[0]");
  for (const archive of archives) pyodide.unpackArchive(await archive, "zip", { extractDir });
  pyodide.registerJsModule("cutaway_bridge", {
    ...bridge,
    build: build.id,
    models: Object.keys(build.models),
  });
  const module = pyodide.pyimport("cutaway.host.browser");
  progress.disconnect();
  return module;
}

/** Counts what the boot has fetched, as the browser reports each file. */
function bootProgress(note) {
  const report = reporter(note);
  const sizes = new Map(
    [...build.pyodide.files, ...build.packages].map(({ url, bytes }) => [new URL(url, root).href, bytes]),
  );
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let done = 0;
  report("boot", done, total, "bytes", "");
  const observer = new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      done += sizes.get(name) ?? 0;
      sizes.delete(name);
    }
    report("boot", done, total, "bytes", "");
  });
  observer.observe({ type: "resource", buffered: true });
  return observer;
}
