/**
 * The most that one thread of WebAssembly computes here, in GFLOP/s of float32 with 128-bit SIMD.
 *
 *     node bench/simd.mjs
 *
 * A loop of multiplications and additions on values that stay in registers, as many chains as hide
 * their latency. Processor time, so other programs disturb it little.
 */
const LANES = 4;
const CHAINS = 10;
const TURNS = 5_000_000;

const F32X4 = { mul: [0xfd, 0xe6, 0x01], add: [0xfd, 0xe4, 0x01] };
const V128 = 0x7b;

/** An unsigned LEB128 number. */
function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value);
  return bytes;
}

function section(id, content) {
  return [id, ...leb(content.length), ...content];
}

/** `run(turns)`: `x = x * y + y` on every chain, so many times; gives a lane, so that all is needed. */
function module() {
  const y = 1 + CHAINS;
  const get = (index) => [0x20, ...leb(index)];
  const steps = [];
  for (let chain = 1; chain <= CHAINS; chain++) {
    steps.push(...get(chain), ...get(y), ...F32X4.mul, ...get(y), ...F32X4.add);
    steps.push(0x21, ...leb(chain)); // local.set
  }
  const half = [...new Uint8Array(new Float32Array(LANES).fill(0.5).buffer)];
  const start = [0xfd, 0x0c, ...half, 0x21, ...leb(y)]; // v128.const, local.set
  const loop = [
    0x03, 0x40, ...steps, // loop
    ...get(0), 0x41, 0x01, 0x6b, 0x22, 0x00, 0x0d, 0x00, 0x0b, // turns - 1, br_if, end
  ];
  const sum = get(1);
  for (let chain = 2; chain <= CHAINS; chain++) sum.push(...get(chain), ...F32X4.add);
  const body = [0x01, ...leb(CHAINS + 1), V128, ...start, ...loop, ...sum, 0xfd, 0x1f, 0x00, 0x0b]; // extract_lane 0
  return new Uint8Array([
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
    ...section(1, [0x01, 0x60, 0x01, 0x7f, 0x01, 0x7d]),
    ...section(3, [0x01, 0x00]),
    ...section(7, [0x01, 0x03, ...new TextEncoder().encode("run"), 0x00, 0x00]),
    ...section(10, [0x01, ...leb(body.length), ...body]),
  ]);
}

const { instance } = await WebAssembly.instantiate(module());
instance.exports.run(TURNS);
let best = Infinity;
for (let turn = 0; turn < 5; turn++) {
  const { user } = process.cpuUsage();
  instance.exports.run(TURNS);
  best = Math.min(best, process.cpuUsage().user - user);
}
console.log(`${((2 * LANES * CHAINS * TURNS) / best / 1000).toFixed(1)} GFLOP/s`);
