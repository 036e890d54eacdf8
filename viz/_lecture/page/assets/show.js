// The slide that is shown, and the address.

// An element of the page itself: an object's HTML on a slide may have any ids.
const $ = (id) => document.querySelector(`body > #${id}, body > :not(#slides) #${id}`);
const data = JSON.parse($("data").textContent);
const slides = [...document.querySelectorAll("#slides > .slide")];
const last = slides.length - 1;
let at = 0;

// The slide, counted from 1, and after it the modes that were chosen: #9&projector&dark.
const noteSlide = (how) => noteAddress([at + 1, ...modeWords()], how);

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

function go(to, how = "push") {
  const wanted = Math.min(last, Math.max(0, to));
  if (wanted === at) return;
  at = wanted;
  show();
  $("said").textContent = slides[at].ariaLabel;
  if (how !== "none") noteSlide(how);
}

function obeyAddress() {
  const words = addressWords();
  obeyModes(words);
  const number = words.find((word) => /^\d+$/.test(word));
  return number === undefined ? 0 : Math.min(last, Math.max(0, Number(number) - 1));
}

function setCode(on) {
  root.dataset.code = on ? "on" : "off";
  $("code").setAttribute("aria-pressed", String(on));
  measure();
}
