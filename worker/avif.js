/**
 * The AVIF worker: libavif's encoder and nothing else.
 *
 * It starts when an AVIF is wanted, and fetches the encoder only then; it gets pixels, never files,
 * and is ended after each picture, because its memory would stay as large as it was at most.
 */
import { answer, Failure, Handover } from "./calls.js";
import { AVIF } from "./messages.js";

answer({
  async [AVIF.encode]({ module, pixels, width, height, options }) {
    const encoder = await started(module);
    const data = encoder.encode(pixels, width, height, options);
    if (!data) throw new Failure("avif-failed", "The encoder gave nothing.");
    return new Handover(data, [data.buffer]);
  },
});

async function started(module) {
  try {
    const { default: start } = await import(module);
    return await start({ noInitialRun: true });
  } catch (error) {
    throw new Failure("avif-missing", String(error?.message ?? error));
  }
}
