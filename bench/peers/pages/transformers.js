/** transformers.js as its documentation shows it, with the files on this server (/models/) and two threads. */
import { env, pipeline } from "./transformers/transformers.min.js";
import { visit } from "./visit.js";

const runtime = new URL("transformers/ort-wasm-simd-threaded.asyncify", location.href).href;
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.backends.onnx.wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
env.backends.onnx.wasm.numThreads = 2;

visit(start());

async function start() {
  const model = new URLSearchParams(location.search).get("model");
  const segmenter = await pipeline("background-removal", model, { device: "wasm", dtype: "fp32" });
  return async (photo) => {
    const address = URL.createObjectURL(photo);
    try {
      const [cutout] = [await segmenter(address)].flat();
      return await cutout.toBlob("image/png");
    } finally {
      URL.revokeObjectURL(address);
    }
  };
}
