// The slide that is shown, and the modes of the page.

// An element of the page itself: an object's HTML on a slide may have any ids.
const $ = (id) => document.querySelector(`body > #${id}, body > :not(#slides) #${id}`);
const root = document.documentElement;
const data = JSON.parse($("data").textContent);
const slides = [...document.querySelectorAll("#slides > .slide")];
const last = slides.length - 1;
const EMBEDDED = window.parent !== window;
let at = 0;

const isProjected = () => "projector" in root.dataset;

// The slide, counted from 1, and after it the modes that were chosen: #9&projector&dark.
function address() {
  const modes = [isProjected() ? "projector" : null, "chosen" in root.dataset ? root.dataset.theme : null];
  return `#${[at + 1, ...modes.filter((mode) => mode !== null)].join("&")}`;
}

// In a frame the back button belongs to the page around it.
function noteAddress(how) {
  try {
    if (how === "push") history.pushState(null, "", address());
    else history.replaceState(null, "", address());
  } catch {
    // A sandboxed frame may not have an address of its own; the slides work without.
  }
}

function show() {
  slides.forEach((slide, i) => slide.classList.toggle("now", i === at));
  const slide = slides[at];
  slide.scrollTop = 0;
  measure();
  openPages(slide);
  $("count").textContent = `${at + 1} / ${slides.length}`;
  $("back").disabled = at === 0;
  $("next").disabled = at === last;
}

// What is longer or wider than its room can be reached by Tab, and scrolled by the arrow keys there.
function measure() {
  for (const part of [slides[at], ...slides[at].querySelectorAll(".words")]) {
    const isLarger = part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1;
    part.tabIndex = isLarger ? 0 : -1;
  }
}

function go(to, how = EMBEDDED ? "replace" : "push") {
  const wanted = Math.min(last, Math.max(0, to));
  if (wanted === at) return;
  at = wanted;
  show();
  $("said").textContent = slides[at].ariaLabel;
  if (how !== "none") noteAddress(how);
}

function obeyAddress() {
  const words = location.hash.slice(1).split("&");
  if (words.includes("projector")) setProjector(true);
  const theme = words.find((word) => word === "dark" || word === "light");
  if (theme !== undefined) setTheme(theme, true);
  const number = words.find((word) => /^\d+$/.test(word));
  return number === undefined ? 0 : Math.min(last, Math.max(0, Number(number) - 1));
}

// A theme that was chosen no longer follows the system.
function setTheme(theme, chosen = false) {
  root.dataset.theme = theme;
  if (chosen) root.dataset.chosen = "";
  $("theme").setAttribute("aria-pressed", String(theme === "dark"));
}

function setProjector(on) {
  if (on) root.dataset.projector = "";
  else delete root.dataset.projector;
  $("projector").setAttribute("aria-pressed", String(on));
}

function setCode(on) {
  root.dataset.code = on ? "on" : "off";
  $("code").setAttribute("aria-pressed", String(on));
  measure();
}
