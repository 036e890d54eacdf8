// Going from step to step: keys, buttons, the slider, the address, and by itself.

const PAUSE = 2400; // milliseconds a step, at speed 1
let timer = null;

// The step, and after it the modes that were chosen: #9&projector&dark.
const noteStep = (how) => noteAddress([state.step, ...modeWords()], how);

function go(step, how = "push") {
  const wanted = Math.min(last, Math.max(0, step));
  const changed = wanted !== state.step;
  state.step = wanted;
  show();
  look();
  if (!changed) return;
  say();
  if (how !== "none") noteStep(how);
}

// The step that the address asks for, after its modes.
function obeyAddress() {
  const words = addressWords();
  obeyModes(words);
  return Number(words.find((word) => /^\d+$/.test(word)) ?? 0);
}

function play(on) {
  clearTimeout(timer);
  timer = null;
  if (on) {
    if (state.step === last) go(0, "replace");
    timer = setTimeout(turn, PAUSE / Number($("speed").value));
  }
  $("play").textContent = on ? "Pause" : "Play";
  $("play").setAttribute("aria-pressed", String(on));
}

function turn() {
  go(state.step + 1, "replace");
  play(state.step < last);
}

// A step by hand stops the play.
function walk(step, how) {
  play(false);
  go(step, how);
}

const KEYS = {
  ArrowRight: () => walk(state.step + 1),
  ArrowLeft: () => walk(state.step - 1),
  PageDown: () => walk(state.step + 1), // from a presenter's remote
  PageUp: () => walk(state.step - 1),
  Home: () => walk(0),
  End: () => walk(last),
  " ": () => play(timer === null),
  p: () => $("projector").click(),
  d: () => $("theme").click(),
  w: () => setWhole(!state.whole),
  r: () => reset(),
  Escape: leave,
  "?": () => $("help").showModal(),
};

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  const inside = event.target.closest?.(key === "Escape" ? "dialog, input.value" : "input, select, dialog");
  const own = inside || (event.key === " " && event.target.closest?.("button"));
  if (modified || own || !(key in KEYS)) return;
  event.preventDefault();
  KEYS[key]();
}

// After a drag by mouse or finger the arrow keys go from step to step again; who came by Tab keeps them.
function leaveKeys(line) {
  line.addEventListener("pointerup", () => line.blur());
}

function setWhole(on) {
  state.whole = on;
  look();
}

// A folded box opens to show its leaves, one at a time.
function prepareDrawers() {
  for (const button of document.querySelectorAll("button.open")) {
    button.addEventListener("click", () => {
      const opened = button.getAttribute("aria-expanded") === "true";
      for (const other of document.querySelectorAll("button.open")) {
        const on = other === button && !opened;
        other.setAttribute("aria-expanded", String(on));
        $(other.getAttribute("aria-controls")).hidden = !on;
      }
    });
  }
}

function prepareControls() {
  addEventListener("keydown", onKey);
  addEventListener("hashchange", () => walk(obeyAddress(), "none"));
  new ResizeObserver(look).observe($("frame"));
  $("back").addEventListener("click", () => walk(state.step - 1));
  $("next").addEventListener("click", () => walk(state.step + 1));
  $("play").addEventListener("click", () => play(timer === null));
  $("slider").addEventListener("input", () => walk($("slider").valueAsNumber, "replace"));
  leaveKeys($("slider"));
  $("speed").addEventListener("change", () => play(timer !== null));
  $("reset").addEventListener("click", reset);
  $("whole").addEventListener("click", () => setWhole(!state.whole));
  $("keys").addEventListener("click", () => $("help").showModal());
  prepareModes(data.modes);
  document.addEventListener("modes", look);
  for (const id of ["theme", "projector"]) $(id).addEventListener("click", () => noteStep("replace"));
}
