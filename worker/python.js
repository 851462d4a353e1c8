/**
 * The python worker: Pyodide and the package `cutaway`, which decides everything.
 *
 * This file boots it, passes the page's calls to `host/browser.py`, and carries out what Python
 * asks of the inference worker and the store.
 */
import { answer, Callee, Failure, Handover } from "./calls.js";
import { decode } from "./decode.js";
import { drawable, looker } from "./drawable.js";
import { AVIF, INFERENCE, OPENING, PYTHON } from "./messages.js";
import { takeIn } from "./intake.js";
import { room, Store } from "./store.js";
import { Watchdog } from "./watchdog.js";

let build;
let root;
let store;
/** The module `cutaway.host.browser`. */
let python;
/** The inference worker, or null while there is none. */
let inference = null;
/** The AVIF worker, or null while nothing is encoded there. */
let avif = null;
/** Parts of the person's own models, by id, as Python has listed them. */
let own = {};
/** Downloads and files being taken in, by job. */
const downloads = new Map();

answer({
  async [PYTHON.start](args, note) {
    ({ build, root } = args);
    store = new Store(root);
    startInference();
    python = await bootPython(note);
    const told = await ask(python.start, args.settings);
    sweep().catch(() => {}); // nobody waits for it
    return told;
  },

  async [PYTHON.removeBackground]({ job, photo, options, before, look }, note) {
    const shown = look ? looker(note) : undefined;
    const cut = ask(python.remove_background, job, photo, options, reporter(note), before, shown);
    const { data, mime, receipt, held } = await cut;
    return { blob: new Blob([data], { type: mime }), receipt, held };
  },

  [PYTHON.prepare]: ({ job, options }, note) => ask(python.prepare, job, options, reporter(note)),

  async [PYTHON.view]({ held, asked }) {
    const seen = await drawable(await ask(python.view, held, asked));
    return new Handover(seen, [seen.bitmap]);
  },
  [PYTHON.estimate]: ({ held, options }) => ask(python.estimate, held, options),
  [PYTHON.presets]: () => ask(python.list_presets),

  async [PYTHON.mask]({ photo, held, options }) {
    const { data, mime } = await ask(python.mask, photo, held, options);
    return new Blob([data], { type: mime });
  },

  async [PYTHON.uncertainty]({ held }) {
    const { data, mime } = await ask(python.uncertainty, held);
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

  [PYTHON.storeList]: () => ask(python.store_list),
  [PYTHON.storeFetch]: ({ job, id }, note) => stoppable(job, async (signal) => {
    await store.load(carried(id), byteReporter(note, id), signal);
  }),
  [PYTHON.storeDelete]: ({ id }) => (build.models[id] ? store.delete(build.models[id]) : ask(python.own_forget, id)),
  async [PYTHON.storeClear]() {
    await store.clear();
    await ask(python.own_forget_all);
  },

  [PYTHON.ownLimit]: ({ address }) => ask(python.own_limit, address),
  [PYTHON.ownKeep]: ({ job, file, limit }, note) => stoppable(job, (signal) => {
    const report = byteReporter(note, "");
    return takeIn(file.stream(), store, limit, (done) => report(done, file.size), signal);
  }),
  [PYTHON.ownOpen]: ({ job, part, place }, note) => ask(python.own_open, job, part, place, reporter(note)),
  async [PYTHON.ownTry]({ job, id, form, photo }, note) {
    const { mask, known, ...told } = await ask(python.own_try, job, id, form, photo, reporter(note));
    const png = { type: "image/png" };
    return { ...told, mask: new Blob([mask], png), photo: photo ?? new Blob([known], png) };
  },
  [PYTHON.ownAccept]: ({ job, id, form }, note) => ask(python.own_accept, job, id, form, reporter(note)),
  [PYTHON.ownDiscard]: ({ id }) => ask(python.own_discard, id),
  [PYTHON.ownFamilies]: () => ask(python.own_families),
  [PYTHON.ownSweep]: sweep,
});

/** What Python may ask for; `host/browser.py` is its only caller. */
const bridge = {
  device: () => call(INFERENCE.device),
  load(model, provider, threads, seconds, report) {
    const part = partOf(model); // none is needed where the model is warm
    const watchdog = new Watchdog(seconds, endInference);
    const onNote = ({ done, total }) => {
      watchdog.renew();
      report(done, total);
    };
    return watchdog.over(call(INFERENCE.load, { model, part, provider, threads }, { onNote }));
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
    return new Watchdog(seconds, endInference).over(call(INFERENCE.run, { model, feeds, outputs }, { transfer }));
  },
  inspect: (model) => call(INFERENCE.inspect, { model }),
  reset: endInference,
  up: () => inference !== null && !inference.ended,
  decode,
  /** `pixels` are Python's; with `threads` the page must be isolated. */
  async encodeAvif(pixels, width, height, options, threads, seconds) {
    const view = pixels.getBuffer("u8");
    const copy = view.data.slice(); // as in run: the view must not outlive this turn
    view.release();
    const module = new URL(build.avif[threads ? "threads" : "plain"], root).href;
    avif = new Callee(new URL(build.worker.avif, root).href, "avif");
    const args = { module, pixels: copy, width, height, options };
    try {
      return await new Watchdog(seconds, endAvif).over(avif.call(AVIF.encode, args, { transfer: [copy.buffer] }));
    } finally {
      endAvif();
    }
  },
  endAvif,
  /** Nothing could bring an own model back. */
  evict: async (model) => build.models[model] && store.delete(build.models[model]),
  breathe: () => new Promise((resolve) => setTimeout(resolve)),
  stored: () => Promise.all([...Object.values(build.models), ...Object.values(own)].map(kept)),
  room,
  recall: (name) => store.recall(name),
  remember: (text, name) => store.remember(text, name),
  own(parts) {
    own = Object.fromEntries(parts.map((part) => [part.id, part]));
  },
  async forget(id) {
    const { [id]: part, ...others } = own;
    own = others;
    await store.delete(part, Object.values(others));
  },
};

/** Runs `work` with a signal that `cancel` of this job sets off. */
async function stoppable(job, work) {
  const stop = new AbortController();
  downloads.set(job, stop);
  try {
    return await work(stop.signal);
  } finally {
    downloads.delete(job);
  }
}

/** Forgets what openings that broke off left behind; waits until none is under way in any tab. */
async function sweep() {
  await navigator.locks?.request(OPENING, async () => {
    await ask(python.own_refresh);
    await store.sweep(Object.values(own));
  });
}

/** Python's `report` for one job. */
function reporter(note) {
  return (stage, done, total, unit, model) => note({ stage, done, total, unit, model });
}

function byteReporter(note, model) {
  return (done, total) => note({ stage: "model", done, total, unit: "bytes", model });
}

function partOf(id) {
  return build.models[id] ?? own[id];
}

function carried(id) {
  const part = partOf(id);
  if (!part) throw new Failure("not-carried", `This site does not carry ${id}.`);
  return part;
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

function endAvif() {
  avif?.end();
  avif = null;
}

function call(name, args, options) {
  if (!inference || inference.ended) startInference();
  return inference.call(name, args, options);
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
    heap: () => pyodide._module.HEAPU8.length,
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
