/**
 * The inference worker: ONNX Runtime Web and nothing else.
 *
 * It gets tensors and model ids, never files, and knows no policy: it is told which provider and
 * how many threads, and says truthfully when that fails. It can be ended at any moment.
 */
import { answer, Failure, Handover } from "./calls.js";
import { INFERENCE } from "./messages.js";
import { room, Store } from "./store.js";
import { spans, timed } from "./timeline.js";

let build;
let root;
let store;
/** Resolves to ONNX Runtime, imported while Python still boots. */
let runtime;
/** The runtime's wasm, where it was compiled before the first session. */
let compiled = null;
/** Sessions that are warm, by model: `{ provider, session }`. Python says when to end the worker. */
const warm = new Map();

/** A driver that does not answer in this time is as good as none. */
const ADAPTER_PATIENCE_MS = 5000;

/** Builds of ONNX Runtime, by what the browser can do; WebGPU needs one of the first two. */
const flavour =
  typeof WebAssembly.Suspending === "function" ? "jspi" : navigator.gpu ? "asyncify" : "wasm";

answer({
  [INFERENCE.start](args) {
    ({ build, root } = args);
    store = new Store(root);
    runtime = timed("runtime", importRuntime);
    runtime.catch(() => {}); // told when the first model is loaded
  },

  /** What is not there is undefined: Python takes that, and not null, for None. */
  async [INFERENCE.device]() {
    return {
      webgpu: await adapterFacts(),
      isolated: self.crossOriginIsolated === true,
      cores: navigator.hardwareConcurrency || 1,
      memory: navigator.deviceMemory,
      bundle: flavour,
      shared_memory: typeof SharedArrayBuffer === "function",
      jspi: typeof WebAssembly.Suspending === "function",
      storage: await room(),
    };
  },

  async [INFERENCE.load]({ model, part = build.models[model] ?? build.networks[model], provider, threads }, note) {
    if (warm.get(model)?.provider === provider) return { network: 0, store: 0, kept: true, milliseconds: 0 };
    if (!part) throw new Failure("not-carried", `This site does not carry ${model}.`);
    const begun = performance.now();
    await release(model);
    const [ort, { data, network, store: stored, kept }] = await Promise.all([
      runtime,
      timed(`store ${model}`, () => store.load(part, (done, total) => note({ done, total }))),
    ]);
    ort.env.wasm.numThreads = threads;
    const session = await attempt(model, "load-failed", () =>
      timed(`session ${model}`, () => ort.InferenceSession.create(data, { executionProviders: [provider] })),
    );
    if (provider === "wasm" && ort.env.wasm.numThreads < threads) {
      // It falls back without a word; what the receipt says must be what ran.
      throw new Failure("load-failed", `ONNX Runtime has ${ort.env.wasm.numThreads} of ${threads} threads.`);
    }
    warm.set(model, { provider, session });
    compiled = null; // the session holds it now
    return { network, store: stored, kept, milliseconds: performance.now() - begun };
  },

  /** Who keeps a compiled module finds that a second compilation of the same bytes costs nothing. */
  async [INFERENCE.compile]() {
    const { wasm } = build.ort[flavour];
    if (warm.size || wasm.pieces.length > 1) return;
    const address = new URL(wasm.pieces[0].url, root).href;
    compiled = await timed("compile", () => WebAssembly.compileStreaming(fetch(address)));
  },

  [INFERENCE.timeline]: spans,

  [INFERENCE.inspect]({ model }) {
    const { session } = warm.get(model);
    return { inputs: session.inputMetadata.map(described), outputs: session.outputMetadata.map(described) };
  },

  async [INFERENCE.run]({ model, feeds, outputs }) {
    if (!warm.has(model)) throw new Failure("not-loaded", `${model} is not loaded.`);
    const { Tensor } = await runtime;
    const tensors = {};
    for (const [name, { data, shape }] of Object.entries(feeds)) tensors[name] = new Tensor("float32", data, shape);
    const begun = performance.now();
    const results = await attempt(model, "run-failed", () =>
      timed(`run ${model}`, () => warm.get(model).session.run(tensors, outputs)),
    );
    const milliseconds = performance.now() - begun;
    const named = {};
    for (const name of outputs) named[name] = plain(results[name]);
    return new Handover({ outputs: named, milliseconds }, outputs.map((name) => named[name].data.buffer));
  },
});

function described({ name, type, shape }) {
  return { name, type: String(type), shape: [...(shape ?? [])] };
}

/** Half floats are handed over as the bits they are: not every language knows them. */
function plain({ type, data, dims }) {
  const half = type === "float16";
  return { data: half ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data, shape: [...dims], half };
}

async function importRuntime() {
  const { bundle, wasm } = build.ort[flavour];
  const ort = await import(new URL(bundle, root).href);
  ort.env.logLevel = "error";
  if (wasm.pieces.length === 1) {
    // Under its own URL it compiles while it streams and stays in the browser's code cache.
    ort.env.wasm.wasmPaths = { wasm: new URL(wasm.pieces[0].url, root).href };
  } else {
    ort.env.wasm.wasmBinary = (await store.load(wasm)).data.buffer;
  }
  return ort;
}

/** Nothing ever runs again on a session that failed: after a lost device that would hang or trap. */
async function attempt(model, code, work) {
  try {
    return await work();
  } catch (error) {
    warm.delete(model);
    throw new Failure(code, String(error?.message ?? error));
  }
}

async function release(model) {
  const { session } = warm.get(model) ?? {};
  warm.delete(model);
  await session?.release();
}

async function adapterFacts() {
  const adapter = await Promise.race([
    navigator.gpu?.requestAdapter().catch(() => null),
    new Promise((resolve) => setTimeout(resolve, ADAPTER_PATIENCE_MS)),
  ]);
  if (!adapter) return undefined;
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  return {
    software: Boolean(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter),
    shader_f16: adapter.features.has("shader-f16"),
    description: [adapter.info?.vendor, adapter.info?.architecture, adapter.info?.description].filter(Boolean).join(" "),
    limits: { maxBufferSize, maxStorageBufferBindingSize },
  };
}
