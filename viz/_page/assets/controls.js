// Going from step to step: keys, buttons, the slider, the address, and by itself.

const EMBEDDED = window.parent !== window;
const PAUSE = 2400; // milliseconds a step, at speed 1
let timer = null;

// In a frame the back button belongs to the slides around it, so no step is put into the history.
function go(step, how = EMBEDDED ? "replace" : "push") {
  const wanted = Math.min(last, Math.max(0, step));
  const changed = wanted !== state.step;
  state.step = wanted;
  show();
  look();
  if (!changed) return;
  say();
  try {
    if (how === "push") history.pushState(null, "", `#${wanted}`);
    else if (how === "replace") history.replaceState(null, "", `#${wanted}`);
  } catch {
    // A sandboxed frame may not have an address of its own; the steps work without.
  }
}

function fromAddress() {
  const match = /^#(\d+)$/.exec(location.hash);
  return match ? Number(match[1]) : 0;
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
};

function onKey(event) {
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  const own = event.target.closest?.("input, select") || (event.key === " " && event.target.closest?.("button"));
  if (modified || own || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
}

// After a drag by mouse or finger the arrow keys go from step to step again; who came by Tab keeps them.
function leaveKeys(line) {
  line.addEventListener("pointerup", () => line.blur());
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  $("theme").setAttribute("aria-pressed", String(theme === "dark"));
}

function setProjector(on) {
  if (on) document.documentElement.dataset.projector = "";
  else delete document.documentElement.dataset.projector;
  $("projector").setAttribute("aria-pressed", String(on));
  look();
}

function prepareControls() {
  addEventListener("keydown", onKey);
  addEventListener("hashchange", () => walk(fromAddress(), "none"));
  new ResizeObserver(look).observe($("frame"));
  $("back").addEventListener("click", () => walk(state.step - 1));
  $("next").addEventListener("click", () => walk(state.step + 1));
  $("play").addEventListener("click", () => play(timer === null));
  $("slider").addEventListener("input", () => walk($("slider").valueAsNumber, "replace"));
  leaveKeys($("slider"));
  $("speed").addEventListener("change", () => play(timer !== null));
  $("reset").addEventListener("click", reset);
  $("projector").addEventListener("click", () => setProjector(!("projector" in document.documentElement.dataset)));
  $("theme").addEventListener("click", () =>
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
  );
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
  setTheme(dark.matches ? "dark" : "light");
}
