// The data of the page, and its state.
//
// data.cells     the program: see evaluate.js
// data.boxes     id, name, slot of the value, the step `at` which it is computed, the contributions to its
//                gradient, each as its step and the slot of the sum so far, the slot of the whole gradient, ids
//                of its sources; of a leaf its line and the grain of a dragged number, of others the range of
//                their numbers, null where it has no end. The result is the last.
// data.links     name, slot of the local derivative, the step at which it is used
// data.steps     text for screen readers, and of those with other general formulas that text, boxes and links to look at
// data.ones      slots of sums that the other formulas take for 1
// data.stroke    the width of an edge where its derivative is 0, and how much wider it is where that is 1
// data.domains   for the operations that have one, in words
// data.modes     how the page begins: its theme, null for the system's, and whether for a projector
//
// state.nudge    the leaf that was moved last, and all numbers before it was

const ROUNDING = 1e-12;

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const last = data.steps.length - 1;
const state = { step: 0, moved: new Map(), numbers: [], causes: [], nudge: null, nudging: false, whole: false };

const element = (name, properties) => Object.assign(document.createElement(name), properties);

function recompute() {
  Object.assign(state, evaluate(data.cells, state.moved));
}

// The overview shows the leaves alone, until one is moved: then everything follows.
const isComputed = (box) => state.step >= box.at || (state.step === 0 && state.moved.size > 0);

// Whether a sum that formulas take for 1 is another number now: then the general formulas are shown.
const isGeneral = () =>
  data.ones.some((slot) => state.numbers[slot] === null || Math.abs(state.numbers[slot] - 1) > ROUNDING);

// The gradient of a box as far as it is known: its number, and whether more is to come.
function gradient(box) {
  const past = box.contributions.filter(([step]) => step <= state.step);
  if (past.length === 0) return null;
  return { x: state.numbers[past.at(-1)[1]], whole: past.length === box.contributions.length };
}

// A sentence for each quantity that is undefined though its sources are defined.
function troubles() {
  const boxes = data.boxes.filter((box) => box.value !== null);
  const defined = new Map(boxes.map((box) => [box.id, state.numbers[box.value] !== null]));
  const undefinedBoxes = boxes
    .filter((box) => !defined.get(box.id) && box.sources.every((id) => defined.get(id) !== false))
    .map((box) => [box.name, box.value, box.id]);
  if (undefinedBoxes.length > 0) return undefinedBoxes.map(explained);
  const slopes = data.links.filter((link) => link.slope !== null && state.numbers[link.slope] === null);
  if (slopes.length > 0) return slopes.map((link) => explained([link.name, link.slope, null]));
  const lost = data.boxes.find((box) => box.contributions.some(([, slot]) => state.numbers[slot] === null));
  return lost ? [{ text: `The derivative by ${lost.name} is beyond the largest number.`, id: lost.id }] : [];
}

function explained([name, slot, id]) {
  const [operation, ...places] = data.cells[state.causes[slot]];
  const args = places.map((place) => state.numbers[place]);
  const domain = data.domains[operation];
  const named = operation.replace(/__\d+$/, ""); // a row from outside has a number for each of its definitions
  const call = `${named}(${args.map((x) => number(x)).join(", ")})`;
  // A derivative may be a constant that is too large, which no operation led to.
  if (operation === "where") return { text: `${name} is beyond the largest number.`, id };
  if (args.some(Number.isNaN)) return { text: `${name}: ${call} is no number.`, id };
  const why = domain ? `is undefined: ${named} takes ${domain}` : "is beyond the largest number";
  return { text: `${name}: ${call} ${why}.`, id };
}
