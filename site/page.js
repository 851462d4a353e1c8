/**
 * The page: one photo at a time, from drop to download. It knows the public API and nothing else
 * of the engine.
 *
 * States, on `<body data-state>`: idle (no photo) → working → done, or stopped (cancelled or
 * failed; the photo stays). An error is a sentence beside any of them. A file that cannot be read
 * leads back to what was there before it.
 */
import { alertWith, showError } from "./alert.js";
import { Catalogue } from "./catalogue.js";
import { Diagnostics } from "./diagnostics.js";
import { byId } from "./dom.js";
import { acceptPhotos } from "./drop.js";
import { Engine } from "./engine.js";
import { keepOffline } from "./offline.js";
import { Outcome } from "./outcome.js";
import { PanelDoor } from "./panel-door.js";
import { counts, ProgressLine } from "./progress.js";
import { Settings } from "./settings.js";
import { Stage } from "./stage.js";
import { idle, WarmUp } from "./warmup.js";
import { isStored, words } from "./words.js";

/** Which buttons each state offers; the first one takes over the focus from a button that goes. */
const ACTIONS = {
  idle: [],
  working: ["cancel"],
  stopped: ["again", "another"],
  done: ["download", "mask", "another"],
};

/** Codes of errors that say that a file is no photo, or none that can be read here. */
const UNREADABLE = new Set([
  "empty-file", "not-an-image", "unsupported-format", "truncated", "too-large", "broken",
]);

const engine = new Engine();
const stage = new Stage();
const line = new ProgressLine();
const catalogue = new Catalogue(engine);
const settings = new Settings(catalogue, offerAnotherRun);
const panel = new PanelDoor({ engine, catalogue, settings, onError: showError });
const outcome = new Outcome({ title: catalogue.title, onError: showError });
const diagnostics = new Diagnostics(engine, catalogue.title);
const warmUp = new WarmUp(engine, { alike: settings.alike, onProgress: hearWarmUp });

let photo = null;
let job = null;
/** The choice that led to what is on the stage. */
let ranWith = null;
/** The last photo that could be read, and its cutout if there is one: `{ photo, result, ranWith }`. */
let kept = null;

const state = () => document.body.dataset.state;

function enter(next) {
  const lostFocus = document.activeElement?.matches(".actions *, .welcome *");
  document.body.dataset.state = next;
  for (const button of document.querySelectorAll(".actions > *")) {
    button.hidden = !ACTIONS[next].includes(button.id);
  }
  const [first = "choose"] = ACTIONS[next];
  if (lostFocus) byId(first).focus();
}

/** A choice differs from what made the cutout on the stage. */
function offerAnotherRun() {
  if (state() !== "done") return;
  const again = byId("again");
  again.textContent = words.runAgain;
  again.hidden = settings.alike(settings.chosen, ranWith);
}

function take(file, remark) {
  panel.close();
  photo = file;
  stage.showPhoto(file);
  run(remark);
}

async function run(remark = "") {
  job?.abort();
  const mine = new AbortController();
  const { signal } = mine;
  const file = photo;
  job = mine;
  alertWith(remark, "remark");
  outcome.clear();
  stage.showPhotoAlone();
  enter("working");
  const { chosen } = settings;
  ranWith = chosen;
  warmUp.makeWay(chosen);
  const onProgress = (progress) => {
    if (!signal.aborted) follow(progress, file);
  };
  onProgress({ stage: "read", done: 0, total: 1, unit: "step", model: "" });
  try {
    const result = await engine.run(file, { ...chosen, signal, onProgress });
    if (signal.aborted) return;
    job = null;
    finish(file, result);
    learn();
  } catch (error) {
    if (signal.aborted) return;
    job = null;
    if (UNREADABLE.has(error.code)) goBack();
    else giveUp(words.failed, words.tryAgain);
    showError(error);
  }
  diagnostics.refresh();
}

/** Once it is read, a photo may wait for the warm-up that it shares the model with. */
function follow(progress, file) {
  const read = progress.stage === "read" && progress.done >= progress.total;
  const shown = (read && warmUp.progress) || progress;
  line.show(shown, catalogue.loading(shown.model));
  if (!["boot", "read"].includes(progress.stage)) keep(file);
}

function keep(file, result = null) {
  kept = { photo: file, result, ranWith };
}

function finish(file, result) {
  keep(file, result);
  outcome.show(file, result);
  line.rest(words.done);
  enter("done");
  offerAnotherRun();
  stage.showCutout(file, result.blob);
}

/** The photo stays, without a cutout; and so does what has arrived of a model. */
function giveUp(sentence, again) {
  keep(photo);
  stop(sentence, again);
  learn();
}

/** To the welcome, or to the photo and the cutout that were there. */
function goBack() {
  photo = kept?.photo ?? null;
  if (!kept) {
    stage.clear();
    line.rest(words.ready);
    enter("idle");
    return;
  }
  ({ ranWith } = kept);
  stage.showPhoto(photo);
  if (kept.result) finish(photo, kept.result);
  else stop(words.noneYet, words.startAgain);
}

function stop(sentence, again) {
  byId("again").textContent = again;
  line.rest(sentence);
  enter("stopped");
}

function cancel() {
  if (!job) return;
  job.abort();
  job = null;
  giveUp(words.cancelled, words.startAgain);
}

/** Asks the engine what it offers; without an answer, its own choice still works. */
async function learn() {
  try {
    await catalogue.refresh();
    const cutaway = await engine.start();
    settings.explain(await cutaway.device());
  } catch (error) {
    console.warn(error);
  }
}

/** Gets the chosen model ready for a photo that may come. */
async function warm() {
  if (job) return;
  const { chosen } = settings;
  if ((await warmUp.start(chosen)) && !job) await learn();
}

/** Ahead of any photo there is nothing to see, unless something is fetched. */
function hearWarmUp(progress) {
  const model = catalogue.loading(progress?.model);
  if (job && progress) line.show(progress, model);
  if (job || state() !== "idle") return;
  if (progress && counts(progress) && model && !isStored(model)) {
    line.mention(words.fetchingAhead(model.title), progress, model);
  } else line.rest(words.ready);
}

async function boot() {
  engine.onBoot = (progress) => {
    if (state() === "idle" || job) line.show(progress, null);
  };
  try {
    await engine.start();
    if (state() === "idle") line.rest(words.ready);
    await learn();
  } catch (error) {
    // A photo that waits for the engine says so itself.
    if (state() !== "idle") return;
    line.rest(words.notReady);
    showError(error);
    return;
  }
  await idle();
  // What was chosen by hand may be large: it is fetched when a photo is in sight.
  if (state() === "idle" && settings.untouched) await warm();
}

const choose = acceptPhotos({
  onPhoto: take,
  onModel: (file) => panel.bring(file),
  onRefuse: alertWith,
  onComing: warm,
});
byId("choose").addEventListener("click", choose);
byId("another").addEventListener("click", choose);
byId("again").addEventListener("click", () => run());
byId("cancel").addEventListener("click", cancel);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.isOpen) cancel();
});

keepOffline({
  onUpdate: (reload) => {
    byId("update").hidden = false;
    byId("reload").onclick = reload;
  },
  mayReload: () => photo === null,
  ready: boot(),
});
