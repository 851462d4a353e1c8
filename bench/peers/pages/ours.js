/** Cutaway through its public interface; the address tells the speed, the model or weights to bring. */
import { Cutaway } from "/cutaway.js";
import { visit } from "./visit.js";

const asked = new URLSearchParams(location.search);
const options = Object.fromEntries(["speed", "model"].filter((name) => asked.has(name)).map((name) => [name, asked.get(name)]));
let cutaway;

visit(start(), async (_, photos) => {
  for await (const { error } of cutaway.removeBackgrounds(photos, options)) if (error) throw error;
});

async function start() {
  cutaway = await Cutaway.start();
  if (asked.has("own")) options.model = await own(asked.get("own"));
  return async (photo, onLook) => (await cutaway.removeBackground(photo, { ...options, onLook })).blob;
}

/** The id of a model of one's own, which is taken in by the first visit. */
async function own(address) {
  const kept = localStorage.getItem(address);
  if (kept) return kept;
  const file = new File([await (await fetch(address)).blob()], "own.onnx");
  const { id, family, contract } = await cutaway.own.open(file);
  await cutaway.own.tryOut(id, { family, contract });
  await cutaway.own.accept(id, { title: "Own", family, contract });
  localStorage.setItem(address, id);
  return id;
}
