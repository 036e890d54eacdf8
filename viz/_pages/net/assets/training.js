// Training: stochastic gradient descent in mini-batches, in the order of nn.fit; and the cost of all examples.
//
// A frame of the screen computes for SLICE milliseconds, so the page answers meanwhile; where drawing takes
// longer, as on a slow machine, for as long as that took, up to LONGEST.

const SLICE = 10;
const LONGEST = 100;
const CHUNK = 100_000; // parameters times examples that are measured at once
const MOST = 2000; // entries of a history
const REST = 150; // milliseconds without a change, before many examples are measured again

const orders = decode(data.orders); // of the examples in the first epochs
const knownEpochs = orders.length / n;
const thetaBefore = new Float64Array(state.theta.length); // theta before a step

let measuring = null; // { next, cost, right, isEnd }: the examples measured so far; whether they end an epoch
let until = null; // the end of a run by itself, "epoch" or "pause"; null where there is none
let waiting = []; // costs that are not yet `each` of a mean
let isScheduled = false;
let computedAt = Infinity; // when the last frame had computed; without one, a frame is a first
let changing = null; // the timer of a change by hand

Object.assign(state, {
  rate: data.settings.rate,
  batchSize: Math.min(n, data.settings.batchSize),
  unlike: data.unlike,
});
Object.defineProperty(state, "playing", { get: () => until !== null });
Object.defineProperty(state, "measuring", { get: () => measuring !== null });

function restart() {
  Object.assign(state, { steps: 0, epochs: 0, progress: 0 });
  state.history = { costs: { each: 1, means: [] }, epochs: [] };
  waiting = [];
  measureAnew();
}

// -- over all examples ------------------------------------------------------------------------

function measureAnew(isEnd = state.steps === 0) {
  clearTimeout(changing);
  state.measured = null;
  measuring = { next: 0, cost: 0, right: 0, isEnd };
  schedule();
}

// After a change by hand. Where all examples take longer than a frame, the change is to be seen first.
function measureChange() {
  if (n * state.theta.length <= CHUNK) {
    measureAnew();
    return;
  }
  state.measured = null;
  measuring = null;
  clearTimeout(changing);
  changing = setTimeout(measureAnew, REST);
}

// Measure to the end what belongs to the history, before the parameters change.
function finishEpoch() {
  while (state.steps > 0 && measuring?.isEnd) measureSome();
}

function measureSome() {
  const to = Math.min(n, measuring.next + Math.ceil(CHUNK / state.theta.length));
  const { value } = defined(() => measure(state.theta, measuring.next, to));
  measuring.cost += value?.cost ?? NaN;
  measuring.right += value?.right ?? NaN;
  measuring.next = to;
  if (to === n) noteMeasured();
}

function noteMeasured() {
  const { cost, right, isEnd } = measuring;
  measuring = null;
  if (!Number.isNaN(cost)) {
    state.measured = { cost: cost / n, accuracy: ofEach === null ? null : right / n };
    if (isEnd) noteEpoch();
  }
  emit("training");
}

function noteEpoch() {
  const { history, steps, epochs, measured } = state;
  if (steps === 0) history.epochs = []; // a parameter was turned before the first step
  history.epochs.push({ steps, epochs, ...measured });
  if (history.epochs.length > MOST) history.epochs = history.epochs.filter((_, k) => k % 2 === 0);
}

function noteCost(cost) {
  const { costs } = state.history;
  waiting.push(cost);
  if (waiting.length < costs.each) return;
  costs.means.push(waiting.reduce((a, b) => a + b) / costs.each);
  waiting = [];
  if (costs.means.length < MOST) return;
  costs.means = Array.from({ length: MOST / 2 }, (_, k) => (costs.means[2 * k] + costs.means[2 * k + 1]) / 2);
  costs.each *= 2;
}

// -- steps ------------------------------------------------------------------------------------

// The order of the examples in an epoch: that of nn.fit, as far as it is known.
function orderOf(epoch) {
  const k = epoch % knownEpochs;
  return orders.subarray(k * n, (k + 1) * n);
}

// One step; false where it could not be taken, and then all is as before it.
function step() {
  if (state.unlike !== null) return false;
  finishEpoch();
  const examples = orderOf(state.epochs).subarray(state.progress, state.progress + state.batchSize);
  thetaBefore.set(state.theta);
  const { value: cost, error } = defined(() => descend(state.theta, examples));
  if (error !== null) {
    state.theta.set(thetaBefore);
    until = null;
    refused =
      `The training diverged in epoch ${state.epochs + 1}: ${error}. ` +
      "The parameters are those before this step; a smaller learning rate may help.";
    emit("training");
    return false;
  }
  forget();
  noteCost(cost);
  state.steps++;
  state.progress += examples.length;
  const isEnd = state.progress === n;
  if (isEnd) Object.assign(state, { epochs: state.epochs + 1, progress: 0 });
  measureAnew(isEnd);
  emit("parameters", "training");
  return true;
}

// Move theta against the gradient; the cost before it. Throws a RangeError where a number is undefined or not finite.
function descend(theta, examples) {
  const cost = PROGRAM.step(theta, rowsOf(examples), state.rate);
  let zero = 0;
  for (let i = 0; i < theta.length; i++) zero += theta[i] * 0;
  if (zero !== 0) throw new RangeError("a parameter is beyond the largest number");
  return cost;
}

// -- by itself --------------------------------------------------------------------------------

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(computeSome);
}

// What fits into a frame; of a small net one epoch, so that it is seen to learn.
function computeSome() {
  isScheduled = false;
  const start = performance.now();
  const end = start + Math.min(LONGEST, Math.max(SLICE, start - computedAt));
  const { epochs } = state;
  do {
    if (measuring !== null && (measuring.isEnd || until === null)) measureSome();
    else if (until === null || state.epochs > epochs || !step()) break;
    else if (until === "epoch" && state.progress === 0) pause();
  } while (performance.now() < end);
  computedAt = performance.now();
  if (measuring !== null || until !== null) schedule();
}

function run(to) {
  if (state.unlike !== null) return;
  until = to;
  computedAt = Infinity;
  emit("training");
  schedule();
}

// The steps that are left of this epoch.
function epoch() {
  run("epoch");
}

function play() {
  run("pause");
}

function pause() {
  until = null;
  emit("training");
  schedule(); // to measure where the net has come to
}

// Back to the parameters that the page was given, before the first step.
function reset() {
  until = null;
  state.theta.set(initial);
  forget();
  restart();
  emit("parameters", "training");
}

function setRate(rate) {
  if (!(rate > 0 && Number.isFinite(rate))) throw new RangeError(`a learning rate is a number above 0, not ${rate}`);
  state.rate = rate;
  emit("training");
}

function setBatchSize(size) {
  if (!(Number.isInteger(size) && size > 0)) throw new RangeError(`a mini-batch has 1 example or more, not ${size}`);
  state.batchSize = Math.min(n, size);
  emit("training");
}

choose(0);
restart();
