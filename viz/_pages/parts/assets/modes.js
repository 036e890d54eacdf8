// Light or dark, and larger type for a projector: the modes of every page. When the reader changes one, the document
// has a "modes" event.

const modes = document.documentElement.dataset;

const isProjected = () => "projector" in modes;

// A theme that was chosen no longer follows the system.
function setTheme(theme, chosen = false) {
  modes.theme = theme;
  if (chosen) modes.chosen = "";
  document.getElementById("theme").setAttribute("aria-pressed", String(theme === "dark"));
}

function toggleTheme() {
  setTheme(modes.theme === "dark" ? "light" : "dark", true);
  document.dispatchEvent(new Event("modes"));
}

function setProjector(on) {
  if (on) modes.projector = "";
  else delete modes.projector;
  document.getElementById("projector").setAttribute("aria-pressed", String(on));
}

function toggleProjector() {
  setProjector(!isProjected());
  document.dispatchEvent(new Event("modes"));
}

// The modes with which a page begins: theme is "light", "dark" or null, as the system has it.
function prepareModes({ theme, projector }) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => setTheme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => "chosen" in modes || follow());
  follow();
  if (theme !== null) setTheme(theme, true);
  if (projector) setProjector(true);
  document.getElementById("theme").addEventListener("click", toggleTheme);
  document.getElementById("projector").addEventListener("click", toggleProjector);
}
