/**
 * The page: one photo at a time, from drop to download. It knows the public API and nothing else
 * of the engine.
 *
 * States, on `<body data-state>`: idle (no photo) → working → done, or stopped (cancelled or
 * failed; the photo stays). An error is a sentence beside any of them.
 */
import { CutawayError } from "./cutaway.js";
import { acceptPhotos } from "./drop.js";
import { Engine } from "./engine.js";
import { keepOffline } from "./offline.js";
import { Outcome } from "./outcome.js";
import { ProgressLine } from "./progress.js";
import { Settings } from "./settings.js";
import { Stage } from "./stage.js";
import { words } from "./words.js";

const byId = (id) => document.getElementById(id);

/** Which buttons each state offers; the first one takes over the focus from a button that goes. */
const ACTIONS = {
  idle: [],
  working: ["cancel"],
  stopped: ["again", "another"],
  done: ["download", "mask", "another"],
};

const engine = new Engine();
const stage = new Stage();
const line = new ProgressLine();
const outcome = new Outcome(showError);
const settings = new Settings(offerAnotherRun);

let photo = null;
let job = null;
let ranWith = "";

const state = () => document.body.dataset.state;

function enter(next) {
  const lostFocus = document.activeElement?.matches(".actions *, .welcome *");
  document.body.dataset.state = next;
  for (const button of document.querySelectorAll(".actions > *")) {
    button.hidden = !ACTIONS[next].includes(button.id);
  }
  const [first] = ACTIONS[next];
  if (lostFocus && first) byId(first).focus();
}

function showError(error) {
  const explained = error instanceof CutawayError;
  // Any other error is a mistake of ours: its own words help nobody but a developer.
  if (!explained) console.error(error);
  say(explained ? error.message : words.unknown);
}

/** @param {"error" | "remark"} kind */
function say(sentence, kind = "error") {
  byId("error").textContent = sentence;
  byId("alert").dataset.kind = kind;
  byId("alert").hidden = !sentence;
}

/** A choice differs from what made the cutout on the stage. */
function offerAnotherRun() {
  if (state() !== "done") return;
  const again = byId("again");
  again.textContent = words.runAgain;
  again.hidden = JSON.stringify(settings.chosen) === ranWith;
}

function take(file, remark) {
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
  say(remark, "remark");
  outcome.clear();
  stage.showPhotoAlone();
  enter("working");
  const { chosen } = settings;
  ranWith = JSON.stringify(chosen);
  const onProgress = (progress) => {
    if (!signal.aborted) line.show(progress, settings.loading(chosen.model, progress.total));
  };
  onProgress({ stage: "read", done: 0, total: 1, unit: "step" });
  try {
    const result = await engine.run(file, { ...chosen, signal, onProgress });
    if (signal.aborted) return;
    job = null;
    finish(file, result);
  } catch (error) {
    if (signal.aborted) return;
    job = null;
    stop(words.failed, words.tryAgain);
    showError(error);
  }
}

function finish(file, result) {
  outcome.show(file, result);
  line.rest(words.done);
  enter("done");
  offerAnotherRun();
  stage.showCutout(file, result.blob);
  learn();
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
  stop(words.cancelled, words.startAgain);
}

/** Asks the engine what it offers; without an answer, the automatic choice still works. */
async function learn() {
  try {
    const cutaway = await engine.start();
    settings.offer(await cutaway.models());
    settings.explain(await cutaway.device());
  } catch (error) {
    console.warn(error);
  }
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
  }
}

const choose = acceptPhotos({ onPhoto: take, onRefuse: say });
byId("choose").addEventListener("click", choose);
byId("another").addEventListener("click", choose);
byId("again").addEventListener("click", () => run());
byId("cancel").addEventListener("click", cancel);
byId("dismiss").addEventListener("click", () => say(""));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") cancel();
});

keepOffline({
  onUpdate: (reload) => {
    byId("update").hidden = false;
    byId("reload").onclick = reload;
  },
  mayReload: () => photo === null,
  ready: boot(),
});
