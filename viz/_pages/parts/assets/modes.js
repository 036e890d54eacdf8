// Light or dark, and larger type for a projector: the modes of every page. The document has a "modes" event at each
// change. `$` finds an element of the page by its id.

const root = document.documentElement;

const isProjected = () => "projector" in root.dataset;

function setMode(button, isOn) {
  $(button).setAttribute("aria-pressed", String(isOn));
  document.dispatchEvent(new Event("modes"));
}

// A theme that was chosen no longer follows the system.
function setTheme(theme, chosen = false) {
  root.dataset.theme = theme;
  if (chosen) root.dataset.chosen = "";
  setMode("theme", theme === "dark");
}

function toggleTheme() {
  setTheme(root.dataset.theme === "dark" ? "light" : "dark", true);
}

function setProjector(on) {
  if (on) root.dataset.projector = "";
  else delete root.dataset.projector;
  setMode("projector", on);
}

function toggleProjector() {
  setProjector(!isProjected());
}

// The modes that were chosen, as words of the address.
function modeWords() {
  return [isProjected() ? "projector" : null, "chosen" in root.dataset ? root.dataset.theme : null].filter((word) => word !== null);
}

// Other words of an address are no modes.
function obeyModes(words) {
  if (words.includes("projector")) setProjector(true);
  const theme = words.find((word) => word === "dark" || word === "light");
  if (theme !== undefined) setTheme(theme, true);
}

// The modes with which a page begins: theme is "light", "dark" or null, as the system has it.
function prepareModes({ theme, projector }) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => setTheme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => "chosen" in root.dataset || follow());
  follow();
  if (theme !== null) setTheme(theme, true);
  if (projector) setProjector(true);
  $("theme").addEventListener("click", toggleTheme);
  $("projector").addEventListener("click", toggleProjector);
}
