// Training by buttons, keys, and the address of the page.

const NOTHING = "\u2014"; // in place of an undefined number

const $ = (id) => document.getElementById(id);

// -- the address -------------------------------------------------------------------------------

// The example, and after it the modes that were chosen: #example=3&projector&dark.
function noteExample() {
  noteAddress([...(state.example === null ? [] : [`example=${state.example}`]), ...modeWords()], "replace");
}

function obeyAddress() {
  const words = addressWords();
  const example = words.map((word) => /^example=(\d+)$/.exec(word)).find((match) => match !== null);
  if (example !== undefined && Number(example[1]) < n) choose(Number(example[1]));
  obeyModes(words);
}

// -- what is said ------------------------------------------------------------------------------

// For who listens; what is said twice is heard twice.
function say(text) {
  $("said").textContent = text === $("said").textContent ? `${text}\u00a0` : text;
}

const SETTLED = 350; // milliseconds after the last change

let settling = null;

// When a drawing, a drag or a step has come to rest, the names of neurons follow, and the answer is said.
function whenSettled() {
  clearTimeout(settling);
  settling = setTimeout(() => {
    nameColumns();
    if (!state.playing) say(answerInWords());
  }, SETTLED);
}

// -- training ----------------------------------------------------------------------------------

function showTraining() {
  const { steps, epochs, measured, playing } = state;
  const parts = [`step ${steps}`, `epoch ${epochs}`];
  if (measured !== null) {
    parts.push(`cost ${number(measured.cost)}`);
    if (measured.accuracy !== null) parts.push(`accuracy ${percent(measured.accuracy)}`);
  }
  if (measured !== null || !state.measuring) setChildren($("progress"), ...parts.map((textContent) => element("span", { textContent })));
  setText($("play"), playing ? "Pause" : "Play");
  setState($("play"), "aria-pressed", playing);
  $("restart").disabled = steps === 0;
  if (document.activeElement !== $("rate")) $("rate").value = state.rate;
  if (document.activeElement !== $("batch")) $("batch").value = state.batchSize;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

function showTrouble() {
  setText($("trouble"), state.unlike ?? state.trouble ?? "");
}

function toggleTraining() {
  if (state.playing) pause();
  else play();
}

function startAgain() {
  reset();
  nudge.moved.clear();
  endNudge();
  say("Untrained again");
}

// A setting as it is typed; what is none is marked, and the setting stays.
function prepareSetting(id, set) {
  const field = $(id);
  field.addEventListener("input", () => {
    try {
      set(field.value === "" ? NaN : Number(field.value));
      field.removeAttribute("aria-invalid");
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      field.setAttribute("aria-invalid", "true");
    }
  });
  field.addEventListener("blur", () => {
    field.removeAttribute("aria-invalid");
    showTraining();
  });
}

// -- keys --------------------------------------------------------------------------------------

const KEYS = {
  ArrowRight: () => light(view.lit + 1),
  ArrowLeft: () => light(view.lit - 1),
  Home: () => light(0),
  End: () => light(layerCount),
  PageDown: () => chooseNext(1), // from a presenter's remote
  PageUp: () => chooseNext(-1),
  " ": toggleTraining,
  s: step,
  e: epoch,
  g: () => improve(!isWanted),
  x: () => chooseAny(),
  c: () => clearPad(),
  r: undoAll,
  d: toggleTheme,
  p: toggleProjector,
  "?": () => $("help").showModal(),
  Escape: () => (EMBEDDED ? leavePage() : select(null)),
};

// The keys go back to the lecture around this page.
function leavePage() {
  document.activeElement?.blur();
  leave();
}

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  const isField = event.target.closest?.("input, select") && key !== "Escape";
  const own = isField || event.target.closest?.("dialog") || (event.key === " " && event.target.closest?.("button"));
  if (modified || own || !(key in KEYS)) return;
  event.preventDefault();
  KEYS[key]();
}

// After a drag by mouse or finger the arrow keys go from layer to layer again; who came by Tab keeps them.
function leaveKeys(slider) {
  slider.addEventListener("pointerup", () => slider.blur());
}

// The same for a list, whose choice ends with a change and not where the pointer is.
function leaveKeysOfList(list) {
  let isPointed = false;
  list.addEventListener("mousedown", () => (isPointed = true));
  list.addEventListener("keydown", () => (isPointed = false));
  list.addEventListener("change", () => isPointed && list.blur());
}

function prepareControls() {
  addEventListener("keydown", onKey);
  addEventListener("hashchange", obeyAddress);
  $("step").addEventListener("click", step);
  $("epoch").addEventListener("click", epoch);
  $("play").addEventListener("click", toggleTraining);
  $("restart").addEventListener("click", startAgain);
  $("keys").addEventListener("click", () => $("help").showModal());
  prepareSetting("rate", setRate);
  prepareSetting("batch", setBatchSize);
  if (state.unlike !== null) for (const id of ["step", "epoch", "play", "rate", "batch"]) $(id).disabled = true;
  later("training", showTraining);
  on("input parameters training", showTrouble);
  on("input parameters", whenSettled);
  prepareModes(data.modes);
  obeyAddress();
  document.addEventListener("modes", noteExample);
}
