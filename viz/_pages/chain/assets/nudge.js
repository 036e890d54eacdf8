// A leaf dragged along its number line, or typed; and the slope that is measured so.

const CERTAIN = 1e-3; // the largest share of a measured slope that may be rounding

const leaves = () => data.boxes.filter((box) => box.leaf);

// The next move begins a nudge: from there it is measured, and there the ghosts stay.
function begin() {
  state.nudging = false;
}

function move(box, x) {
  const begins = !state.nudging || state.nudge.box !== box;
  if (begins) state.nudge = { box, numbers: state.numbers };
  state.nudging = true;
  if (x === data.cells[box.value]) state.moved.delete(box.value);
  else state.moved.set(box.value, x);
  recompute();
  show();
  if (!begins) return;
  // Moved by a key, it may be out of sight.
  if (!isInSight($(box.id))) $(box.id).scrollIntoView({ block: "nearest", inline: "nearest" });
  placeDock();
  keepClear($("nudge"), $(box.id));
}

function setLine(box, x) {
  const line = $(box.id).querySelector("input.line");
  lengthen(box, x);
  [line.min, line.max] = box.line;
  line.value = x;
  line.setAttribute("aria-valuetext", number(x));
}

// To the grain: 0.37, not 0.3700000000000001.
function rounded(x, grain) {
  const places = Math.max(0, Math.round(-Math.log10(grain)));
  return Number((Math.round(x / grain) * grain).toFixed(Math.min(100, places))) + 0;
}

// ΔC/Δw from the ghosts to the dots, and ∂C/∂w at the ghosts: the smaller the nudge, the nearer they are.
function measured() {
  const root = data.boxes.at(-1);
  if (state.nudge === null || state.nudge.box === root || root.value === null) return null;
  const { box, numbers: before } = state.nudge;
  const difference = (slot) => {
    const [from, to] = [before[slot], state.numbers[slot]];
    return from === null || to === null ? null : to - from;
  };
  const [nudge, change] = [difference(box.value), difference(root.value)];
  if (nudge === 0) return null;
  // Of two numbers that agree in nearly all digits, the difference is rounding.
  const lost = change !== 0 && Math.abs(change) * CERTAIN < Number.EPSILON * Math.abs(before[root.value]);
  const slope = change === null || lost ? null : change / nudge;
  return { box, root, nudge, change, slope, gradient: before[box.gradient] };
}

const MATHML = document.querySelector("math").namespaceURI;

function mathml(name, textContent) {
  return Object.assign(document.createElementNS(MATHML, name), { textContent });
}

const symbolOf = (box) => $(box.id).querySelector(".symbol").cloneNode(true);

// An equation of signs and the symbols of boxes, with room for a number in the end.
function equation(className, parts) {
  const math = mathml("math", "");
  const written = (part) => (typeof part === "string" ? mathml(part === "/" ? "mo" : "mi", part) : symbolOf(part));
  math.append(...parts.map(written), mathml("mo", "="), mathml("mn", ""));
  const piece = element("span", { className });
  piece.append(math);
  return piece;
}

function showNudge() {
  const [now, readout] = [measured(), $("nudge")];
  document.documentElement.classList.toggle("nudged", now !== null);
  if (now === null) {
    readout.replaceChildren();
    return;
  }
  const { box, root } = now;
  if (readout.dataset.of !== box.id || readout.childElementCount === 0) {
    readout.dataset.of = box.id;
    readout.replaceChildren(
      equation("change", ["Δ", box]),
      equation("change", ["Δ", root]),
      equation("ratio", ["Δ", root, "/", "Δ", box]),
      equation("ratio", ["∂", root, "/", "∂", box]),
    );
  }
  const numbers = [now.nudge, now.change, now.slope, now.gradient];
  const more = now.slope === null ? 0 : decimalsOfParts(now.change, now.nudge, now.slope);
  readout.querySelectorAll("math").forEach((math, i) => {
    math.lastElementChild.textContent = numbers[i] === null ? NOTHING : number(numbers[i], true, i < 2 ? more : 0);
    note(math.lastElementChild, "sign", sign(numbers[i]));
  });
}

// In a low window it lies over the picture: over the top of it, or over the bottom where the leaf is at the top.
function keepClear(readout, leaf) {
  readout.style.top = "";
  const [lies, spot] = [readout, leaf].map((thing) => thing.getBoundingClientRect());
  if (getComputedStyle(readout).position !== "absolute" || !overlap(lies, spot)) return;
  readout.style.top = `${$("frame").getBoundingClientRect().bottom - lies.height - 12}px`;
}

function nudgeInWords() {
  const now = measured();
  if (now === null) return "";
  const ratio = (d, x) => `${d}${now.root.name}/${d}${now.box.name} = ${x === null ? NOTHING : number(x, true)}`;
  return `. ${ratio("Δ", now.slope)}, ${ratio("∂", now.gradient)}`;
}

function prepareLeaf(box) {
  const line = $(box.id).querySelector("input.line");
  const field = $(box.id).querySelector("input.value");
  setLine(box, data.cells[box.value]);
  for (const name of ["focus", "pointerdown"]) line.addEventListener(name, begin);
  line.addEventListener("input", () => {
    const x = rounded(line.valueAsNumber, box.grain);
    line.setAttribute("aria-valuetext", number(x));
    move(box, x);
  });
  line.addEventListener("change", say);
  leaveKeys(line);
  field.addEventListener("focus", () => {
    begin();
    field.value = String(state.numbers[box.value]);
    field.select();
  });
  field.addEventListener("input", () => {
    const x = read(field.value);
    field.setAttribute("aria-invalid", String(x === null));
    if (x !== null) {
      setLine(box, x);
      move(box, x);
    }
  });
  field.addEventListener("change", say);
  field.addEventListener("blur", () => {
    field.removeAttribute("aria-invalid");
    show();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
}

function reset() {
  state.moved.clear();
  Object.assign(state, { nudge: null, nudging: false });
  recompute();
  leaves().forEach((box) => setLine(box, data.cells[box.value]));
  show();
  say();
}
