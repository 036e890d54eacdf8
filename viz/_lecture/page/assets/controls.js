// Keys, buttons, fingers and the address.

const SCROLL = 120; // pixels for an arrow key
const SWIPE = 60; // pixels that a finger moves across, at least

const scroll = (by) => slides[at].scrollBy({ top: by });

function toggleFull() {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen?.().catch(() => {}); // refused in a frame
}

function openContents() {
  for (const link of $("contents").querySelectorAll("a")) link.removeAttribute("aria-current");
  const links = [...$("contents").querySelectorAll("a")];
  const current = links.filter((link) => Number(link.hash.slice(1)) <= at + 1).at(-1);
  current?.setAttribute("aria-current", "true");
  $("contents").showModal();
  (current ?? links[0])?.focus();
}

function leaveZoom() {
  root.classList.remove("zoomed");
  leave();
}

const KEYS = {
  ArrowRight: () => go(at + 1),
  ArrowLeft: () => go(at - 1),
  PageDown: () => go(at + 1), // from a presenter's remote
  PageUp: () => go(at - 1),
  ArrowDown: () => scroll(SCROLL),
  ArrowUp: () => scroll(-SCROLL),
  Home: () => go(0),
  End: () => go(last),
  " ": (event) => go(at + (event.shiftKey ? -1 : 1)),
  Enter: enterPage,
  Escape: leaveZoom,
  o: openContents,
  c: () => setCode(root.dataset.code === "off"),
  z: () => root.classList.toggle("zoomed"),
  s: () => root.classList.toggle("stopped"),
  p: () => $("projector").click(),
  d: () => $("theme").click(),
  f: toggleFull,
  "?": () => $("help").showModal(),
};

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  const presses = (key === " " || key === "Enter") && event.target.closest?.("button, a");
  const own = event.target.closest?.("input, select, textarea, dialog") || presses;
  if (modified || own || !(key in KEYS)) return;
  event.preventDefault();
  KEYS[key](event);
}

function prepareSwipes() {
  let from = null;
  addEventListener("touchstart", ({ touches }) => {
    from = touches.length === 1 ? touches[0] : null;
  }, { passive: true });
  addEventListener("touchend", ({ changedTouches: [to], target }) => {
    if (from === null || target.closest("dialog, .words")) return;
    const [across, down] = [to.clientX - from.clientX, to.clientY - from.clientY];
    const isZoomed = (window.visualViewport?.scale ?? 1) > 1.01; // there a finger moves the sight
    if (!isZoomed && Math.abs(across) > Math.max(SWIPE, 2 * Math.abs(down))) go(at - Math.sign(across));
  }, { passive: true });
}

function prepareControls() {
  addEventListener("keydown", onKey);
  addEventListener("message", onMessage);
  addEventListener("resize", measure);
  addEventListener("hashchange", () => go(obeyAddress(), "none"));
  addEventListener("popstate", () => go(obeyAddress(), "none"));
  $("back").addEventListener("click", () => go(at - 1));
  $("next").addEventListener("click", () => go(at + 1));
  $("open").addEventListener("click", openContents);
  $("contents").addEventListener("click", ({ target }) => target.closest("a") && $("contents").close());
  $("code").addEventListener("click", () => setCode(root.dataset.code === "off"));
  $("keys").addEventListener("click", () => $("help").showModal());
  $("code").hidden = document.querySelector(".code") === null;
  prepareModes(data.modes);
  for (const id of ["theme", "projector"]) $(id).addEventListener("click", () => noteSlide("replace"));
}

prepareControls();
prepareSwipes();
setCode(true);
root.classList.add("scripted");
at = obeyAddress();
show();
