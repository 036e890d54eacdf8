// Training: stochastic gradient descent in mini-batches, in the order of nn.fit.
//
// state.history.costs   { first, each, means }: the costs of the mini-batches before their steps. means[k] is the
//                       mean over `each` steps; of more than MANY the pairs become one.
// state.history.epochs  [{ steps, epochs, cost, accuracy }]: over all examples, before the first step and after each
//                       epoch; of more than MANY every other one stays.

const MANY = 2000;
const SLICE = 10; // milliseconds of a frame in which the page computes
const CHUNK = 50_000; // parameters times examples that are measured at once, about

const orders = decode(data.orders);
const knownEpochs = orders.length / n;

let order = null; // of the examples of this epoch
let measuring = null; // { next, cost, right, ends }: examples measured so far; whether they end an epoch
let until = null; // of a run by itself: "epoch", "pause" or null

Object.assign(state, {
  rate: data.settings.rate,
  batchSize: Math.min(n, data.settings.batchSize),
  unlike: data.unlike,
  get playing() { return until !== null; },
});

function restart() {
  Object.assign(state, { steps: 0, epochs: 0, progress: 0, measured: null, trouble: null });
  state.history = { costs: { each: 1, means: [], rest: [] }, epochs: [] };
  order = orderOf(0);
  remeasure(true);
}

// The order of an epoch: that of nn.fit as far as it is known, and then the known ones again.
function orderOf(epoch) {
  const k = epoch % knownEpochs;
  return orders.subarray(k * n, (k + 1) * n);
}

function parametersChanged() {
  forget();
  state.trouble = null;
  state.measured = null;
  remeasure(state.steps === 0);
  emit("parameters");
}

// -- over all examples ------------------------------------------------------------------------

function remeasure(ends) {
  measuring = { next: 0, cost: 0, right: 0, ends };
  work();
}

function measureSome() {
  const size = Math.max(1, Math.ceil(CHUNK / state.theta.length));
  const some = Array.from({ length: Math.min(size, n - measuring.next) }, (_, k) => measuring.next + k);
  try {
    const { cost, right } = measure(state.theta, some);
    measuring.cost += cost;
    measuring.right += right;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    measuring = null; // the cost of an example is undefined, and so is the mean
    return;
  }
  measuring.next += some.length;
  if (measuring.next < n) return;
  const { cost, right, ends } = measuring;
  measuring = null;
  state.measured = { cost: cost / n, accuracy: ofEach === null ? null : right / n };
  if (ends) noteEpoch();
  emit("training");
}

function noteEpoch() {
  const { epochs } = state.history;
  if (epochs.at(-1)?.steps === state.steps) epochs.pop(); // a parameter was turned before the first step
  epochs.push({ steps: state.steps, epochs: state.epochs, ...state.measured });
  if (epochs.length > MANY) state.history.epochs = epochs.filter((_, k) => k % 2 === 0);
}

function noteCost(cost) {
  const { costs } = state.history;
  costs.rest.push(cost);
  if (costs.rest.length < costs.each) return;
  costs.means.push(costs.rest.reduce((a, b) => a + b) / costs.each);
  costs.rest = [];
  if (costs.means.length < MANY) return;
  costs.each *= 2;
  costs.means = Array.from({ length: MANY / 2 }, (_, k) => (costs.means[2 * k] + costs.means[2 * k + 1]) / 2);
}

// -- steps ------------------------------------------------------------------------------------

// One step with the next mini-batch; false where it could not be taken, and then all is as before it.
function step() {
  if (state.unlike !== null) return false;
  while (measuring?.ends) measureSome();
  const examples = order.subarray(state.progress, state.progress + state.batchSize);
  const before = Float64Array.from(state.theta);
  let cost;
  try {
    cost = PROGRAM.step(state.theta, rowsOf(examples), state.rate);
    if (!state.theta.every(Number.isFinite)) throw new RangeError("a parameter is beyond the largest number");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    state.theta.set(before);
    forget();
    pause();
    state.trouble = `This step was not taken, and the parameters are those before it: ${error.message}. Try a smaller learning rate.`;
    emit("training");
    return false;
  }
  forget();
  state.trouble = null;
  state.measured = null;
  state.steps++;
  state.progress += examples.length;
  noteCost(cost);
  const isEnd = state.progress === n;
  if (isEnd) {
    state.epochs++;
    state.progress = 0;
    order = orderOf(state.epochs);
  }
  remeasure(isEnd);
  emit("parameters", "training");
  return true;
}

// -- by itself --------------------------------------------------------------------------------

let isWorking = false;

function work() {
  if (isWorking) return;
  isWorking = true;
  requestAnimationFrame(slice);
}

// What fits into a frame: an epoch at most, so that a small net is seen to learn.
function slice() {
  isWorking = false;
  const end = performance.now() + SLICE;
  const { epochs } = state;
  while (performance.now() < end && (measuring !== null || until !== null)) {
    if (measuring !== null && (measuring.ends || until === null)) measureSome();
    else if (state.epochs > epochs || !step()) break;
    else if (until === "epoch" && state.progress === 0) pause();
  }
  if (measuring !== null || until !== null) work();
}

// Steps up to the end of this epoch.
function epoch() {
  run("epoch");
}

function play() {
  run("pause");
}

function run(to) {
  if (state.unlike !== null) return;
  until = to;
  emit("training");
  work();
}

function pause() {
  until = null;
  emit("training");
}

// The parameters that the page was given, and no step taken.
function reset() {
  pause();
  state.theta.set(initial);
  forget();
  restart();
  emit("parameters", "training");
}

function setRate(rate) {
  if (!(rate > 0 && Number.isFinite(rate))) throw new RangeError(`a learning rate is above 0, not ${rate}`);
  state.rate = rate;
  emit("training");
}

function setBatchSize(size) {
  if (!(Number.isInteger(size) && size > 0)) throw new RangeError(`a batch has 1 example or more, not ${size}`);
  state.batchSize = Math.min(n, size);
  emit("training");
}

choose(0);
restart();
