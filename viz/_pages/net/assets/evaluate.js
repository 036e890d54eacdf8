// The net by its program. PROGRAM takes theta and rows, each the inputs and the desired outputs of an example, and
// gives for each row `results` numbers: the cost, and the layers' sums and activations.

const data = JSON.parse(document.getElementById("data").textContent);
const { network, columns } = data;
const inputs = network.sizes[0];
const outputs = network.sizes.at(-1);
const isPlanar = inputs === 2 && columns.inputs === null; // each neuron has a map of its activations over the plane
const X = decode(data.X);
const Y = decode(data.Y);
const n = X.length / inputs;
const ofEach = data.classes === null ? null : decode(data.classes.ofEach);
const outputColumn = columns.layers.at(-1).activations;
const results = outputColumn + outputs;
const rowSize = inputs + outputs;

const ROWS = new Float64Array(n * rowSize); // of all examples
for (let i = 0; i < n; i++) {
  ROWS.set(X.subarray(i * inputs, (i + 1) * inputs), i * rowSize);
  ROWS.set(Y.subarray(i * outputs, (i + 1) * outputs), i * rowSize + inputs);
}

// The rows of some examples, by their numbers.
function rowsOf(examples) {
  const rows = new Float64Array(examples.length * rowSize);
  examples.forEach((i, place) => rows.set(ROWS.subarray(i * rowSize, (i + 1) * rowSize), place * rowSize));
  return rows;
}

// A row of these inputs; without desired outputs, of which only the cost depends, it has those of an example.
function rowOf(x, y = null) {
  const row = new Float64Array(rowSize);
  row.set(x);
  row.set(y ?? Y.subarray(0, outputs), inputs);
  return row;
}

// The outputs of the net for several inputs, one after the other. Throws a RangeError where one is undefined.
function outputsAt(theta, points) {
  const count = points.length / inputs;
  const rows = new Float64Array(count * rowSize);
  for (let i = 0; i < count; i++) rows.set(rowOf(points.subarray(i * inputs, (i + 1) * inputs)), i * rowSize);
  const all = PROGRAM.outputs(theta, rows);
  const out = new Float64Array(count * outputs);
  for (let i = 0; i < count; i++) {
    const start = i * results + outputColumn;
    out.set(all.subarray(start, start + outputs), i * outputs);
  }
  return out;
}

// The class that outputs stand for, from a place in an array on; null where examples have no classes.
function classOf(array, start = 0) {
  if (data.classes === null) return null;
  if (outputs === 1) return array[start] > data.classes.threshold ? 1 : 0;
  let best = 0;
  for (let j = 1; j < outputs; j++) if (array[start + j] > array[start + best]) best = j;
  return best;
}

// Of the examples from one to before another: the sum of their costs, and how many of them are right.
function measure(theta, from = 0, to = n) {
  const all = PROGRAM.outputs(theta, ROWS.subarray(from * rowSize, to * rowSize));
  let cost = 0;
  let right = 0;
  for (let i = from; i < to; i++) {
    const start = (i - from) * results;
    cost += all[start];
    if (ofEach !== null && classOf(all, start + outputColumn) === ofEach[i]) right++;
  }
  return { cost, right };
}
