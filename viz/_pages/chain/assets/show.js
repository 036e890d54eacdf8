// The picture and the line of arithmetic, as they are at this step.

const LONG = { row: 9, slope: 7 }; // signs
const NOTHING = "\u2014"; // in place of an undefined number

function written(slot, signed, guard) {
  const x = state.numbers[slot];
  if (x === null) return NOTHING;
  const text = number(withoutNoise(slot, x), signed);
  return guard && (x < 0 || text.includes("e")) ? `(${text})` : text;
}

// Set a data attribute to a number with all its digits, or remove it.
function note(element, key, x) {
  if (x === undefined || x === null) delete element.dataset[key];
  else element.dataset[key] = String(x);
}

function showBox(box, lost) {
  if (box.value === null) return;
  const known = isComputed(box);
  const element = $(box.id);
  const x = known ? state.numbers[box.value] : undefined;
  const slope = gradient(box);
  const value = element.querySelector(".value");
  const text = known ? written(box.value) : "";
  if (value.tagName !== "INPUT") value.textContent = text;
  else if (document.activeElement !== value) value.value = text;
  const shown = slope === null ? "" : slope.x === null ? NOTHING : number(slope.x, true);
  element.querySelector(".gradient").textContent = shown;
  for (const [row, word, written] of [
    [value.closest(".row"), x === undefined ? "" : "value", text],
    [element.querySelector(".gradient").closest(".row"), slope === null ? "" : slope.whole ? "grad" : "so far", shown],
  ]) {
    row.querySelector(".word").textContent = word;
    row.classList.toggle("long", written.length > LONG.row);
  }
  showLine(box, known);
  note(element, "value", x);
  note(element, "grad", slope?.whole ? slope.x : null);
  note(element, "sign", sign(slope?.x));
  element.classList.toggle("partly", slope !== null && !slope.whole);
  element.classList.toggle("undefined", lost.includes(box.id));
  const heard = [box.name, text && `value ${text}`, shown && `gradient ${slope.whole ? "" : "so far "}${shown}`];
  element.setAttribute("aria-label", heard.filter(Boolean).join(", "));
}

function showLink(link, i, step) {
  const [edge, slope] = [$(`edge${i}`), $(`slope${i}`)];
  if (link.slope === null) return;
  const x = step >= link.at ? state.numbers[link.slope] : undefined;
  const shown = x !== undefined && x !== null;
  for (const element of [edge, slope]) element.classList.toggle("known", x !== undefined);
  const text = x === undefined ? "" : x === null ? NOTHING : number(x, true);
  slope.querySelector(".number").textContent = text;
  slope.classList.toggle("long", text.length > LONG.slope);
  slope.setAttribute("aria-label", `${link.name} = ${text}`);
  note(slope, "number", x);
  for (const element of [edge, slope]) note(element, "sign", sign(x));
  // The square root, so that a derivative of 0.01 is still a line: as in viz/_layout/themes.py.
  const [thinnest, wider] = data.stroke;
  const width = shown && thinnest + wider * Math.sqrt(Math.min(1, Math.abs(x)));
  if (shown) edge.style.setProperty("--width", `${width.toFixed(2)}px`);
  else edge.style.removeProperty("--width");
}

// The text of a step, its live numbers filled in: see viz/_pages/chain/live.py.
function spoken(text) {
  return text.replace(/[\u{F0000}-\u{10FFFF}]/gu, (character) => {
    const code = character.codePointAt(0) - 0xf0000;
    return written(code >> 2, code & 1, code & 2);
  });
}

// Of two forms of a formula, the one that holds.
function showForms() {
  const { dataset } = document.documentElement;
  const general = isGeneral();
  if (general === "general" in dataset) return;
  if (general) dataset.general = "";
  else delete dataset.general;
  fit();
}

function show() {
  const { step } = state;
  showForms();
  const now = data.steps[step];
  const problems = troubles();
  const lost = problems.map((trouble) => trouble.id);
  data.boxes.forEach((box) => {
    showBox(box, lost);
    $(box.id).classList.toggle("now", now.boxes.includes(box.id));
  });
  data.links.forEach((link, i) => {
    showLink(link, i, step);
    for (const id of ["edge", "slope"]) $(`${id}${i}`)?.classList.toggle("now", now.links.includes(i));
  });
  data.steps.forEach((_, i) => $(`step${i}`).classList.toggle("now", i === step));
  for (const element of $(`step${step}`).querySelectorAll("[data-slot]")) {
    const { slot, signed, guard } = element.dataset;
    element.textContent = written(Number(slot), signed !== undefined, guard !== undefined);
    note(element, "sign", signed === undefined ? null : sign(state.numbers[slot]));
  }
  showNudge();
  showDock();
  $("trouble").textContent = problems.map((trouble) => trouble.text).join(" ");
  $("slider").value = step;
  $("slider").setAttribute("aria-valuetext", `${step} of ${last}`);
  $("count").textContent = `${step} / ${last}`;
  $("back").disabled = step === 0;
  $("next").disabled = step === last;
  $("reset").disabled = state.moved.size === 0;
}

function say() {
  const { text, general = text } = data.steps[state.step];
  $("said").textContent = spoken(isGeneral() ? general : text) + nudgeInWords();
}

// Type that came out wider than the room made for it, as fonts differ, is set smaller.
function fit() {
  for (const room of $("stage").querySelectorAll(".fit")) {
    const inner = room.firstElementChild;
    if (inner.offsetWidth === 0) continue; // in a box that is closed
    inner.style.fontSize = "";
    const ratio = room.clientWidth / inner.offsetWidth;
    if (ratio < 1) inner.style.fontSize = `${Math.max(0.4, ratio * 0.98)}em`;
  }
}
