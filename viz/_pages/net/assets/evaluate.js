// The net by its program: PROGRAM takes theta and rows, each the inputs and the desired outputs of an example.

const data = JSON.parse(document.getElementById("data").textContent);
const network = data.network;
const inputs = network.sizes[0];
const outputs = network.sizes.at(-1);
const rowSize = inputs + outputs;
const X = decode(data.X);
const Y = decode(data.Y);
const n = X.length / inputs;
const ofEach = data.classes === null ? null : decode(data.classes.ofEach);
const outputColumn = data.columns.layers.at(-1).activations;

// The columns of the program's results for an example: the cost, and the sums and activations of the layers.
const results = (() => {
  const last = data.columns.layers.at(-1);
  return last.activations + outputs;
})();

// The rows of some examples, by their numbers.
function rowsOf(examples) {
  const rows = new Float64Array(examples.length * rowSize);
  examples.forEach((i, place) => {
    for (let j = 0; j < inputs; j++) rows[place * rowSize + j] = X[i * inputs + j];
    for (let j = 0; j < outputs; j++) rows[place * rowSize + inputs + j] = Y[i * outputs + j];
  });
  return rows;
}

// The row of inputs; y is null for one that is drawn, and the cost of it means nothing.
function rowOf(x, y) {
  const row = new Float64Array(rowSize);
  row.set(x);
  row.set(y ?? Y.subarray(0, outputs), inputs);
  return row;
}

// The outputs of the net for several inputs, one after the other.
function outputsAt(theta, points) {
  const count = points.length / inputs;
  const rows = new Float64Array(count * rowSize);
  for (let i = 0; i < count; i++) {
    rows.set(points.subarray(i * inputs, (i + 1) * inputs), i * rowSize);
    rows.set(Y.subarray(0, outputs), i * rowSize + inputs);
  }
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

// The sum of the costs of some examples, and how many of them are right.
function measure(theta, examples) {
  const all = PROGRAM.outputs(theta, rowsOf(examples));
  let cost = 0;
  let right = 0;
  examples.forEach((i, place) => {
    cost += all[place * results];
    if (ofEach !== null && classOf(all, place * results + outputColumn) === ofEach[i]) right++;
  });
  return { cost, right };
}
