// The state of the page. This file and training.js alone change it; views read it, and draw on events.
//
// network       { sizes, layers, image, labels }: the neurons of each column, inputs first; for each layer
//               { W, b, activation }: the place in theta of its first weight (that from neuron i to neuron j is at
//               W + j * sizes[k] + i), that of its first bias or null, and a name; the [height, width] of the inputs
//               as a picture, or null; and the names of the outputs.
// n, X, Y       the number of examples; their inputs and desired outputs, one example after the other; ofEach[i] is
//               the class of an example, or ofEach is null.
//
// state.theta         Float64Array: the parameters
// state.x             Float64Array: the inputs
// state.y             Float64Array: the desired outputs; null where they are not known, as of a drawn digit
// state.example       the number of the example, or null
// state.activations   a Float64Array for the inputs, and one for each layer; null where a number is undefined
// state.sums          for each layer its weighted sums, null where they are not to be had; null as activations
// state.outputs       the last of the activations, or null
// state.cost          of the example, or null
// state.gradient      Float64Array: of this cost by theta, or null; computed when it is read
// state.trouble       a sentence about an undefined number or a step that was not taken, or null
// state.neuron        { layer, index }, the neuron that is looked at, or null; layer 0 is that of the inputs
// state.parameter     the place in theta of the weight or bias that is turned, or null
//
// and of the training, in training.js:
//
// state.measured      { cost, accuracy } over all examples with these parameters, null until they are computed;
//                     accuracy is null where the examples have no classes
// state.measuring     whether they are being computed
// state.history       { costs: { each, means }, epochs: [{ steps, epochs, cost, accuracy }] }: means[k] is the mean
//                     cost of `each` mini-batches before their steps, in order; epochs[0] is before the first step
// state.steps, state.epochs       that were taken, and completed
// state.progress      examples of this epoch that were learnt from, 0 to n - 1
// state.playing       whether the net learns by itself
// state.rate, state.batchSize     of the steps to come
// state.unlike        a sentence why this net does not learn here, or null
//
// choose(i), setInput(x), setDesired(y), setParameter(i, value), select(neuron), selectParameter(i); step(), epoch(),
// play(), pause(), reset(), setRate(rate), setBatchSize(size). They throw a RangeError for an argument that is not one.
//
// on("input parameters", f) has f run once before the next picture after such an event, later(…) after it: "input" (x, y,
// example), "parameters" (theta), "training" (measured, history, playing, rate, batchSize, trouble), "selection"
// (neuron, parameter). outputsAt, measure and classOf in evaluate.js change nothing.

const initial = Float64Array.from(decode(data.theta));

let forward = null; // the results of the program for theta, x and y
let backward = null;
let refused = null; // a sentence about a step that was not taken

const state = {
  theta: Float64Array.from(initial),
  x: null,
  y: null,
  example: null,
  neuron: null,
  parameter: null,
  get activations() { return computed().activations; },
  get sums() { return computed().sums; },
  get outputs() { return computed().activations?.at(-1) ?? null; },
  get cost() { return computed().cost; },
  get gradient() { return (backward ??= gradientOfExample()); },
  get trouble() { return refused ?? computed().trouble; },
};

function computed() {
  return (forward ??= evaluated());
}

function evaluated() {
  const { value, error } = defined(() => PROGRAM.outputs(state.theta, rowOf(state.x, state.y)));
  if (error !== null) {
    return { activations: null, sums: null, cost: null, trouble: `A number of the net is undefined: ${error}.` };
  }
  const part = (start, k) => (start === null ? null : value.slice(start, start + network.sizes[k]));
  return {
    activations: [
      columns.inputs === null ? state.x : part(columns.inputs, 0),
      ...columns.layers.map((layer, k) => part(layer.activations, k + 1)),
    ],
    sums: columns.layers.map((layer, k) => part(layer.sums, k + 1)),
    cost: state.y === null ? null : value[0],
    trouble: null,
  };
}

function gradientOfExample() {
  if (state.y === null) return null;
  return defined(() => PROGRAM.gradient(state.theta, rowOf(state.x, state.y)).gradient).value;
}

// A result of the program; or what it says of a number that is undefined or not finite.
function defined(compute) {
  try {
    return { value: compute(), error: null };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { value: null, error: inWordsOfNet(error.message) };
  }
}

// The program numbers its results and not those of the net: the first is the cost, the others are numbers of layers.
function inWordsOfNet(message) {
  return message
    .replace("the mean of the first output", "the cost of the mini-batch")
    .replace(/^output (\d+) of example \d+/, (_, column) => (column === "0" ? "the cost" : "a weighted sum or an activation"));
}

function forget() {
  forward = backward = refused = null;
}

function choose(i) {
  if (!(Number.isInteger(i) && i >= 0 && i < n)) throw new RangeError(`${i} is no example of 0 to ${n - 1}`);
  changeInput(i, X.subarray(i * inputs, (i + 1) * inputs), Y.slice(i * outputs, (i + 1) * outputs));
}

// Inputs that are no example, as a drawn digit.
function setInput(x) {
  if (x.length !== inputs) throw new RangeError(`${x.length} inputs, and the net takes ${inputs}`);
  changeInput(null, x, null);
}

// What the outputs should be, as the class of a drawn digit; null where it is not said.
function setDesired(y) {
  if (y !== null && y.length !== outputs) throw new RangeError(`${y.length} desired outputs, and there are ${outputs}`);
  changeInput(state.example, state.x, y === null ? null : Float64Array.from(y));
}

function changeInput(example, x, y) {
  Object.assign(state, { example, x: Float64Array.from(x), y });
  forget();
  emit("input");
}

function setParameter(i, value) {
  if (!(Number.isInteger(i) && i in state.theta)) throw new RangeError(`${i} is no place in theta`);
  if (!Number.isFinite(value)) throw new RangeError(`a parameter is a finite number, not ${value}`);
  finishEpoch();
  state.theta[i] = value;
  forget();
  measureChange();
  emit("parameters", "training");
}

function select(neuron) {
  state.neuron = neuron;
  emit("selection");
}

function selectParameter(i) {
  state.parameter = i;
  emit("selection");
}
