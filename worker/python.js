/**
 * The python worker: Pyodide and the package `cutaway`, which decides everything.
 *
 * This file boots it, passes the page's calls to `host/browser.py`, and carries out what Python
 * asks of the inference worker and the store.
 */
import { Ahead } from "./ahead.js";
import { bootPython } from "./boot.js";
import { answer, Callee, Failure, Handover } from "./calls.js";
import { decode } from "./decode.js";
import { drawable, looker, pictured } from "./drawable.js";
import { AVIF, INFERENCE, OPENING, PYTHON } from "./messages.js";
import { takeIn } from "./intake.js";
import { room, Store } from "./store.js";
import { lasted, spans, timed } from "./timeline.js";
import { Watchdog } from "./watchdog.js";

let build;
let root;
let store;
/** The module `cutaway.host.browser`. */
let python;
/** The inference worker, or null while there is none. */
let inference = null;
const ahead = new Ahead();
/** The AVIF worker, or null while nothing is encoded there. */
let avif = null;
/** Parts of the person's own models, by id, as Python has listed them. */
let own = {};
/** Downloads and files being taken in, by job. */
const downloads = new Map();

/** Now and then, while the cores are busy, Firefox never begins a worker that was started. */
const SILENT_SECONDS = 30;

answer({
  async [PYTHON.start](args, note) {
    ({ build, root } = args);
    store = new Store(root);
    startInference();
    // Where that fails Python asks for it, and hears why.
    if (args.ahead) ahead.begin(build, store, (asked) => call(INFERENCE.load, asked)).catch(() => {});
    const report = reporter(note);
    python = await bootPython(build, root, {
      bridge: bridged,
      onProgress: (done, total) => report("boot", done, total, "bytes", ""),
      onFetched: () => args.ahead && compileAhead(),
    });
    const told = await timed("ask start", () => ask(python.start, args.settings));
    lasted("until ready", 0);
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

  async [PYTHON.select]({ job, held, asked }, note) {
    const { candidates, milliseconds } = await ask(python.select, job, held, asked, reporter(note));
    const offered = await Promise.all(candidates.map(pictured));
    return new Handover({ candidates: offered, milliseconds }, offered.map(({ bitmap }) => bitmap));
  },
  async [PYTHON.subjects]({ held, asked }) {
    const found = await Promise.all((await ask(python.subjects, held, asked)).map(pictured));
    return new Handover(found, found.map(({ bitmap }) => bitmap));
  },
  async [PYTHON.layers]({ job, held, options, asked }, note) {
    const taken = [];
    const take = ({ data, mime, ...told }) => taken.push({ ...told, blob: new Blob([data], { type: mime }) });
    await ask(python.layers, job, held, options, asked, reporter(note), take);
    return taken;
  },

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
  [PYTHON.timeline]: async () => ({ python: spans(), inference: await inferenceSpans() }),
  [PYTHON.models]: () => ask(python.models),
  [PYTHON.tiers]: () => ask(python.tiers),

  [PYTHON.storeList]: () => ask(python.store_list),
  [PYTHON.storeFetch]: ({ job, id }, note) => stoppable(job, async (signal) => {
    await store.load(carried(id), byteReporter(note, id), signal);
  }),
  [PYTHON.storeDelete]({ id }) {
    giveUpAhead();
    return build.models[id] ? store.delete(build.models[id]) : ask(python.own_forget, id);
  },
  async [PYTHON.storeClear]() {
    giveUpAhead();
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
  /** The first thing that is asked of an inference worker; one that never begins is started anew once. */
  device: () => firstAnswer().catch((error) => (error.code === "timeout" ? firstAnswer() : Promise.reject(error))),
  async load(model, provider, threads, seconds, report) {
    const begun = performance.now();
    const taken = ahead.take({ model, provider, threads }, endInference);
    const before = await new Watchdog(seconds, endInference).over(taken);
    if (before) return { ...before, milliseconds: performance.now() - begun };
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
  async evict(model) {
    const part = build.models[model] ?? build.networks[model];
    if (part) await store.delete(part);
  },
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

/** What `cutaway_bridge` is for Python. */
function bridged(pyodide) {
  return {
    ...bridge,
    build: build.id,
    models: Object.keys(build.models),
    heap: () => pyodide._module.HEAPU8.length,
  };
}

/** What the present inference worker has done; one that was ended tells nothing more. */
async function inferenceSpans() {
  return inference && !inference.ended ? inference.call(INFERENCE.timeline) : [];
}

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

/** Python's `report` for one job; the stages that it tells of are the timeline's, too. */
function reporter(note) {
  const begun = new Map();
  return (stage, done, total, unit, model) => {
    const name = `${stage} ${model}`.trim();
    if (!done) begun.set(name, performance.now());
    else if (done >= total) lasted(name, begun.get(name) ?? performance.now());
    note({ stage, done, total, unit, model });
  };
}

function byteReporter(note, model) {
  return (done, total) => note({ stage: "model", done, total, unit: "bytes", model });
}

function partOf(id) {
  return build.models[id] ?? build.networks[id] ?? own[id];
}

function carried(id) {
  const part = partOf(id);
  if (!part) throw new Failure("not-carried", `This site does not carry ${id}.`);
  return part;
}

async function kept(part) {
  return { id: part.id, bytes: part.bytes, stored: await store.stored(part) };
}

/** On a first visit nothing is noted yet, but the runtime itself will be wanted whatever comes. */
function compileAhead() {
  if (!ahead.waits) inference?.call(INFERENCE.compile).catch(() => {}); // told by the first model
}

/** What is deleted is not to come back out of memory. */
function giveUpAhead() {
  if (ahead.waits) endInference();
}

function startInference() {
  inference = new Callee(new URL(build.worker.inference, root).href, "inference");
  inference.call(INFERENCE.start, { build, root }).catch(() => {}); // told by the next call
}

function endInference() {
  inference?.end();
  inference = null;
  ahead.forget();
}

function endAvif() {
  avif?.end();
  avif = null;
}

function firstAnswer() {
  return new Watchdog(SILENT_SECONDS, endInference).over(call(INFERENCE.device));
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
