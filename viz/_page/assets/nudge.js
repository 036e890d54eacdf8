// A leaf dragged along its number line, or typed.

function leaves() {
  return data.boxes.filter((box) => $(box.id).querySelector("input.line"));
}

function move(box, x) {
  if (x === data.cells[box.value]) state.moved.delete(box.value);
  else state.moved.set(box.value, x);
  recompute();
  show();
}

function showLine(box, x) {
  const line = $(box.id).querySelector("input.line");
  // A number typed from beyond the line's ends makes it longer.
  line.min = Math.min(line.min, x);
  line.max = Math.max(line.max, x);
  line.value = x;
  line.style.setProperty("--zero", -line.min / (line.max - line.min));
  line.setAttribute("aria-valuetext", number(x));
}

// To the grain: 0.37, not 0.3700000000000001.
function rounded(x, grain) {
  const places = Math.max(0, Math.round(-Math.log10(grain)));
  return Number((Math.round(x / grain) * grain).toFixed(Math.min(100, places)));
}

function prepareLeaf(box) {
  const line = $(box.id).querySelector("input.line");
  const field = $(box.id).querySelector("input.value");
  showLine(box, data.cells[box.value]);
  line.addEventListener("input", () => {
    const x = rounded(line.valueAsNumber, Number(line.dataset.grain));
    line.setAttribute("aria-valuetext", number(x));
    move(box, x);
  });
  line.addEventListener("change", say);
  leaveKeys(line);
  field.addEventListener("focus", () => {
    field.value = String(state.numbers[box.value]);
    field.select();
  });
  field.addEventListener("input", () => {
    const x = read(field.value);
    field.setAttribute("aria-invalid", String(x === null));
    if (x !== null) {
      showLine(box, x);
      move(box, x);
    }
  });
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
  recompute();
  leaves().forEach((box) => showLine(box, data.cells[box.value]));
  show();
  say();
}
