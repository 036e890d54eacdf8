// The state of the page. This file and training.js alone change it; views read it, and draw on events.
//
// network       { sizes, layers, image, labels }: the neurons of each column, inputs first; for each layer
//               { W, b, activation }, where W is the place in theta of its first weight, W[j][i] at
//               W + j * inputs + i, b that of its first bias or null, and activation a name; the [height, width] of
//               the inputs as a picture, or null; and the names of the outputs.
// n, X, Y       the examples, one after the other; ofEach[i] is the class of an example, or ofEach null.
//
// state.theta       Float64Array: the parameters
// state.example     the number of the example, or null for inputs that are drawn
// state.x           Float64Array: the inputs
// state.y           Float64Array: the desired outputs, or null
// state.activations one Float64Array for the inputs, and for each layer; null where a number is undefined
// state.sums        for each layer its weighted sums, or null where they are not to be had; null as activations
// state.outputs     the last of the activations, or null
// state.cost        the cost of the example, or null
// state.gradient    Float64Array: of the cost of the example by theta, or null; computed when it is read
// state.trouble     a sentence about a number that is undefined, or about a step that was not taken; or null
// state.neuron      { layer, index } or null: the neuron that is looked at; layer 0 is that of the inputs
// state.parameter   its place in theta, or null: the weight or bias that is turned
// state.measured    { cost, accuracy } over all examples, once they are known for these parameters; or null.
//                   accuracy is null where the examples have no classes.
// state.history     { costs, epochs }, see training.js
// state.steps, state.epochs    how many were taken
// state.progress    examples of this epoch that were learnt from, from 0 to n - 1
// state.playing     whether the net learns by itself
// state.rate, state.batchSize  of the steps
//
// choose(i), setInput(x), setDesired(y), setParameter(i, value), select(neuron), selectParameter(i), and in training.js
// step(), epoch(), play(), pause(), reset(), setRate(rate), setBatchSize(size).
//
// Events: "input" (x, y, example), "parameters" (theta), "training" (history, measured, playing, rate, size,
// trouble), "selection" (neuron, parameter). on("input parameters", f) has f run once before the next picture.
// outputsAt(theta, points), measure(theta, examples) and classOf(outputs), in evaluate.js, change nothing.

const initial = decode(data.theta);

const state = {
  theta: Float64Array.from(initial),
  example: null,
  x: null,
  y: null,
  neuron: null,
  parameter: null,
  trouble: null,
  get activations() { return computed().activations; },
  get sums() { return computed().sums; },
  get outputs() { return computed().activations?.at(-1) ?? null; },
  get cost() { return state.y === null ? null : computed().cost; },
  get gradient() { return gradientOfExample(); },
};

let forward = null; // results of the program for theta, x and y
let backward = null;

function computed() {
  forward ??= evaluated();
  return forward;
}

function evaluated() {
  let all;
  try {
    all = PROGRAM.outputs(state.theta, rowOf(state.x, state.y));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    state.trouble = `With these parameters a number of the net is undefined: ${error.message}.`;
    return { activations: null, sums: null, cost: null };
  }
  const { columns } = data;
  const part = (start, size) => (start === null ? null : all.slice(start, start + size));
  const widths = network.sizes.slice(1);
  return {
    activations: [
      columns.inputs === null ? state.x : part(columns.inputs, inputs),
      ...columns.layers.map((layer, k) => part(layer.activations, widths[k])),
    ],
    sums: columns.layers.map((layer, k) => part(layer.sums, widths[k])),
    cost: all[0],
  };
}

function gradientOfExample() {
  if (state.y === null || computed().activations === null) return null;
  try {
    backward ??= PROGRAM.gradient(state.theta, rowOf(state.x, state.y)).gradient;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
  return backward;
}

function forget() {
  forward = backward = null;
}

function choose(i) {
  if (!(Number.isInteger(i) && i >= 0 && i < n)) throw new RangeError(`example ${i} is not one of ${n}`);
  state.example = i;
  state.x = Float64Array.from(X.subarray(i * inputs, (i + 1) * inputs));
  state.y = Float64Array.from(Y.subarray(i * outputs, (i + 1) * outputs));
  forget();
  emit("input");
}

// Inputs that are no example, as a drawn digit.
function setInput(x) {
  if (x.length !== inputs) throw new RangeError(`${x.length} inputs, and the net takes ${inputs}`);
  state.example = state.y = null;
  state.x = Float64Array.from(x);
  forget();
  emit("input");
}

// What the outputs should be, as the class of a drawn digit; null where it is not said.
function setDesired(y) {
  if (y !== null && y.length !== outputs) throw new RangeError(`${y.length} desired outputs, and the net gives ${outputs}`);
  state.y = y === null ? null : Float64Array.from(y);
  forget();
  emit("input");
}

function setParameter(i, value) {
  if (!(i in state.theta)) throw new RangeError(`parameter ${i} is not one of ${state.theta.length}`);
  if (!Number.isFinite(value)) throw new RangeError(`a parameter is a finite number, not ${value}`);
  state.theta[i] = value;
  parametersChanged();
}

function select(neuron) {
  state.neuron = neuron;
  emit("selection");
}

function selectParameter(i) {
  state.parameter = i;
  emit("selection");
}
