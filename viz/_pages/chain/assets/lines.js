// The number lines: the ends of each, the dot of its quantity, and the ghost where that was before the nudge.

const SAMPLES = 8; // of a leaf's line, to see how far a quantity goes
const NOISE = 1e-12; // of a line's length: what is smaller is rounding

const lineAt = new Map(); // of the quantity in a slot, as it was at first

// How far each quantity goes as each leaf is moved along its line; parameters only, if there are any.
function reached() {
  const cells = data.cells.slice(0, 1 + Math.max(...data.boxes.map((box) => box.value ?? 0)));
  const places = data.boxes.map(() => [Infinity, -Infinity]);
  const include = (moved) => {
    const { numbers } = evaluate(cells, new Map(moved));
    data.boxes.forEach(({ value }, i) => {
      const x = value === null ? null : numbers[value];
      if (x !== null) places[i] = [Math.min(places[i][0], x), Math.max(places[i][1], x)];
    });
  };
  include([]);
  const parameters = leaves().filter((box) => box.parameter);
  for (const { value, line: [low, high] } of parameters.length > 0 ? parameters : leaves()) {
    for (let i = 0; i <= SAMPLES; i += 1) include([[value, low + ((high - low) * i) / SAMPLES]]);
  }
  return places;
}

// Round numbers around a stretch: 0.5 and 2 around 0.53 … 1.8.
function roundEnds(low, high) {
  const length = high - low || Math.max(1, Math.abs(high));
  if (!Number.isFinite(length)) return [low, high];
  const unit = 10 ** Math.floor(Math.log10(length));
  const step = [0.1, 0.2, 0.5, 1].map((part) => part * unit).find((part) => length / part <= 12);
  const onGrid = (x, toward) => Number((toward(x / step) * step).toPrecision(12));
  const [start, end] = [onGrid(low, Math.floor), onGrid(high, Math.ceil)];
  return start < end ? [start, end] : [start - step, end + step];
}

// The line of a computed quantity: its range if that has two ends, else what it reaches; from 0 rather than
// from a number near 0.
function lineOf({ range: [least, most] }, [low, high]) {
  if (least !== null && most !== null) return [least, most];
  if (low > high) return [least ?? -1, most ?? 1];
  const [start, end] = roundEnds(low, high);
  if (low >= 0 && (least === 0 || low < high - low)) return [0, end];
  if (high <= 0 && (most === 0 || -high < high - low)) return [start, 0];
  return [Math.max(start, least ?? -Infinity), Math.min(end, most ?? Infinity)];
}

// With no more digits than it needs.
function shortNumber(x) {
  const text = String(Number(x.toPrecision(4)) + 0);
  return text.length > 6 ? number(x) : text.replace("-", MINUS);
}

function place(axis, name, [low, high], x) {
  if (x === null) axis.style.removeProperty(name);
  else axis.style.setProperty(name, ((x / 2 - low / 2) / (high / 2 - low / 2)).toFixed(4));
}

function showEnds(box) {
  const axis = $(box.id).querySelector(".axis");
  axis.querySelectorAll(".end").forEach((end, i) => {
    end.textContent = shortNumber(box.line[i]);
  });
  place(axis, "--zero", box.line, box.line[0] <= 0 && box.line[1] >= 0 ? 0 : null);
}

// A number beyond an end makes the line longer.
function lengthen(box, x) {
  const [low, high] = box.line;
  if (x >= low && x <= high) return;
  box.line = x < low ? [roundEnds(x, high)[0], high] : [low, roundEnds(low, x)[1]];
  showEnds(box);
}

function showLine(box, known) {
  const axis = $(box.id).querySelector(".axis");
  const x = known ? state.numbers[box.value] : null;
  if (x !== null) lengthen(box, x);
  const before = x === null || state.nudge === null ? null : state.nudge.numbers[box.value];
  place(axis, "--dot", box.line, x);
  place(axis, "--ghost", box.line, before === x ? null : before);
  axis.classList.toggle("known", x !== null);
  axis.classList.toggle("moved", before !== null && before !== x);
}

// A rounding error where 0 should be, as in 0.1 + 0.2 − 0.3, is written as 0.
function withoutNoise(slot, x) {
  const line = lineAt.get(slot);
  return line !== undefined && Math.abs(x) < NOISE * (line[1] - line[0]) ? 0 : x;
}

function prepareLines() {
  const places = reached();
  data.boxes.forEach((box, i) => {
    if (box.value === null) return;
    box.line ??= lineOf(box, places[i]);
    showEnds(box);
    lineAt.set(box.value, box.line);
  });
}
