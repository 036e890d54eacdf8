// The data of the page, and its state.
//
// data.cells     the program: see evaluate.js
// data.boxes     id, name, slot of the value, the step `at` which it is computed, the contributions to its
//                gradient, each as its step and the slot of the sum so far, ids of its sources
// data.links     name, slot of the local derivative, the step at which it is used
// data.steps     text for screen readers, boxes and links to look at
// data.stroke    the width of an edge where its derivative is 0, and how much wider it is where that is 1
// data.domains   for the operations that have one, in words

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const last = data.steps.length - 1;
const state = { step: 0, moved: new Map(), numbers: [], causes: [] };

function recompute() {
  Object.assign(state, evaluate(data.cells, state.moved));
}

// The gradient of a box as far as it is known: its number, and whether more is to come.
function gradient(box) {
  const past = box.contributions.filter(([step]) => step <= state.step);
  if (past.length === 0) return null;
  return { x: state.numbers[past.at(-1)[1]], whole: past.length === box.contributions.length };
}

// A sentence for each quantity that is undefined though its sources are defined.
function troubles() {
  const defined = new Map(data.boxes.map((box) => [box.id, state.numbers[box.value] !== null]));
  const undefinedBoxes = [];
  for (const box of data.boxes) {
    if (!defined.get(box.id) && box.sources.every((id) => defined.get(id))) undefinedBoxes.push([box.name, box.value, box.id]);
  }
  if (undefinedBoxes.length > 0) return undefinedBoxes.map(explained);
  const slopes = data.links.filter((link) => state.numbers[link.slope] === null);
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
