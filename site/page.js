/**
 * The page: what comes in goes to the studio or to the album, and what the studio says is shown. It
 * knows the public API and nothing else of the engine.
 *
 * States, on `<body data-state>`: idle (no photo), or that of the open work. An error is a sentence
 * beside any of them. A file that cannot be read leads back to what was there before it.
 */
import { alertWith, showError } from "./alert.js";
import { AlbumDoor } from "./album/door.js";
import { Catalogue, isStored } from "./catalogue.js";
import { Diagnostics } from "./diagnostics.js";
import { Dock } from "./dock.js";
import { byId } from "./dom.js";
import { acceptPhotos } from "./drop.js";
import { engine } from "./engine.js";
import { keepOffline } from "./offline.js";
import { PanelDoor } from "./panel-door.js";
import { counts, ProgressLine } from "./progress.js";
import { Settings } from "./settings.js";
import { Shortcuts } from "./shortcuts.js";
import { Studio } from "./studio.js";
import { Tabs } from "./tabs.js";
import { toast, whisper } from "./toast.js";
import { loadPanels } from "./tool-panels.js";
import { Viewer } from "./viewer/viewer.js";
import { beginVisit } from "./visit/visit.js";
import { idle, WarmUp } from "./warmup.js";
import { words } from "./words.js";

/** What is chosen for photos to come, while a cutout that is shown was made with its own choice. */
let aside = null;

const line = new ProgressLine();
const catalogue = new Catalogue(engine);
const settings = new Settings(catalogue, () => dock.show());
const warmUp = new WarmUp(engine, { alike: settings.alike, onProgress: hearWarmUp });
const studio = new Studio({
  engine,
  chosen: () => settings.chosen,
  onRun: (choice) => {
    alertWith("");
    warmUp.makeWay(choice);
  },
  onError: (error, photo) => showError(error, remedyFor(error, photo)),
  onSay: toast,
});
const dock = new Dock(studio, { line, catalogue, progressOf, offersRun });
const viewer = new Viewer(studio, showError);
const panel = new PanelDoor({ engine, catalogue, settings, onError: showError });
const diagnostics = new Diagnostics(engine, catalogue.title);
const album = new AlbumDoor({
  studio, engine, chosen: () => aside ?? settings.chosen, onRun: (choice) => warmUp.makeWay(choice), onEnd: learnMore,
  onError: showError,
});
new Tabs(() => loadPanels(studio, viewer).catch(showError));

/** Once it is read, a photo may wait for the warm-up that it shares the model with. */
function progressOf(progress) {
  const read = progress.stage === "read" && progress.done >= progress.total;
  return (read && warmUp.progress) || progress;
}

/** A choice differs from what made the cutout on the stage. */
function offersRun() {
  return studio.work.choice !== null && !settings.alike(settings.chosen, studio.work.choice);
}

/** Some files are whole enough for a part of the photo. */
function remedyFor({ code }, photo) {
  return code === "truncated" ? { title: words.studio.salvage, go: () => take(photo, { salvage: true }) } : null;
}

function take(photo, { remark = "", salvage = false } = {}) {
  panel.close();
  studio.take(photo, { salvage });
  alertWith(remark, "remark");
}

/** One goes to the studio, unless others are there already. */
function receive(photos, remark = "") {
  if (photos.length === 1 && !album.inUse) take(photos[0], { remark });
  else gather(photos.map((file) => ({ file, path: file.name })), remark);
}

/** Several belong together. */
function gather(found, remark) {
  panel.close();
  album.add(found, remark);
}

function refuse(sentence) {
  if (album.inSight) album.remark(sentence);
  else alertWith(sentence);
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

/** The engine has worked: more is known of it, and perhaps more is stored. */
function learnMore() {
  learn();
  diagnostics.refresh();
}

/** Gets the chosen model ready for a photo that may come. */
async function warm() {
  if (studio.busy) return;
  const { chosen } = settings;
  if ((await warmUp.start(chosen)) && !studio.busy) await learn();
}

/** Ahead of any photo there is nothing to see, unless something is fetched. */
function hearWarmUp(progress) {
  const model = catalogue.loading(progress?.model);
  if (studio.busy && progress) line.show(progress, model);
  if (studio.work) return;
  if (progress && counts(progress) && model && !isStored(model)) {
    line.mention(words.studio.fetchingAhead(model.title), progress, model);
  } else line.rest(words.studio.ready);
}

function bootAgain() {
  alertWith("");
  boot();
}

async function boot() {
  engine.onBoot = (progress) => {
    if (!studio.work || studio.busy) line.show(progress, null);
  };
  try {
    await engine.start();
    if (!studio.work) line.rest(words.studio.ready);
    await learn();
  } catch (error) {
    // A photo that waits for the engine says so itself.
    if (studio.work) return;
    line.rest(words.studio.notReady);
    showError(error, { title: words.studio.startAgain, go: bootAgain });
    return;
  }
  await idle();
  // What was chosen by hand may be large: it is fetched when a photo is in sight.
  if (!studio.work && !album.inUse && (settings.untouched || settings.isStored)) await warm();
  await loadPanels(studio, viewer);
}

const choose = acceptPhotos({
  onPhoto: (photo, remark) => receive([photo], remark),
  onPhotos: gather,
  onModel: (file) => panel.bring(file),
  onRefuse: refuse,
  onComing: warm,
});
byId("choose").addEventListener("click", choose);
byId("another").addEventListener("click", choose);
for (const way of ["undo", "redo"]) byId(way).addEventListener("click", () => studio[way]());
new Shortcuts({
  studio, viewer, choose, save: () => (album.inSight ? album.save() : studio.save()), onError: showError,
});

function showSteps() {
  byId("undo").disabled = !studio.canUndo;
  byId("redo").disabled = !studio.canRedo;
  byId("default").disabled = !studio.result;
}

for (const news of ["look", "result"]) studio.addEventListener(news, showSteps);
// What is shown was made with this, so this is what is chosen, until something else is shown.
studio.addEventListener("work", () => {
  const choice = studio.work?.choice;
  if (choice) aside ??= settings.chosen;
  if (choice || aside) settings.show(choice ?? aside);
  if (!choice) aside = null;
});
studio.addEventListener("step", ({ way }) => {
  if (studio.work.choice) settings.show(studio.work.choice);
  whisper(words.studio[way]);
});
studio.addEventListener("end", learnMore);

const mayReload = () => studio.work === null && !album.inUse;

beginVisit({ take: receive, refuse, onError: showError, mayReload });
keepOffline({
  onUpdate: (reload) => {
    byId("update").hidden = false;
    byId("reload").onclick = reload;
  },
  mayReload,
  ready: boot(),
});
