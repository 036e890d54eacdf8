// The cost over a plane in the space of all parameters: the plane that holds the course of the training best.

const AHEAD = 2e8; // parameters times examples in the steps that are tried ahead
const STEPS_AHEAD = 20_000;
const ENOUGH = 0.02; // of the cost of the first epoch, at which the look ahead ends
const HEIGHTS = 6e8; // parameters times examples times points of the map
const SMALL_NET = 2000; // parameters, up to which the map has more points

// Trains a copy of the net as the page would, and adds its parameters to a path.
function* trainAhead(path) {
  const theta = Float64Array.from(state.theta);
  let { epochs, progress } = state, cost = 0, firstCost = null, work = 0;
  path.add(theta);
  for (let step = 0; step < STEPS_AHEAD && work < AHEAD; step++) {
    const examples = orderOf(epochs).subarray(progress, progress + state.batchSize);
    const before = Float64Array.from(theta);
    const { value, error } = defined(() => descend(theta, examples));
    if (error !== null) {
      theta.set(before);
      break;
    }
    cost += value * examples.length;
    path.add(theta);
    work += theta.length * examples.length;
    progress += examples.length;
    yield;
    if (progress < n) continue;
    firstCost ??= cost;
    if (cost < ENOUGH * firstCost) break;
    [epochs, progress, cost] = [epochs + 1, 0, 0];
  }
  path.end(theta);
}

// Some of the examples, evenly from all: their rows, and how many.
function sampleFor(size) {
  const most = Math.max(1, Math.min(n, Math.ceil(HEIGHTS / (state.theta.length * size * size))));
  return { count: most, rows: rowsOf(Array.from({ length: most }, (_, k) => Math.floor((k * n) / most))) };
}

// The mean cost of rows, or NaN where it is undefined.
function meanCost(theta, rows) {
  const { value } = defined(() => PROGRAM.outputs(theta, rows));
  if (value === null) return NaN;
  let total = 0;
  for (let k = 0; k < value.length; k += results) total += value[k];
  return (total * results) / value.length;
}

// The ranges of the two directions, equally long, around places; some room around them.
function rangesAround(places) {
  const ends = [0, 1].map((k) => {
    const along = places.map((place) => place[k]);
    return [Math.min(...along), Math.max(...along)];
  });
  const half = 0.75 * Math.max(...ends.map(([low, high]) => high - low));
  return ends.map(([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half]);
}

// The map of a path and of the way ahead: { plane, ranges, size, count, heights, ahead }; null where there is none.
function* landscapeOf(past) {
  const path = thinPath();
  yield* trainAhead(path);
  const ahead = path.points(), plane = planeOf([...past, ...ahead]);
  if (plane === null) return null;
  const ranges = rangesAround([...past, ...ahead].map((theta) => project(plane, theta).place));
  const size = state.theta.length < SMALL_NET ? 41 : 21, { count, rows } = sampleFor(size);
  const heights = new Float64Array(size * size);
  for (let i = 0; i < heights.length; i++) {
    heights[i] = meanCost(pointAt(plane, placeOnGrid(ranges, size, i)), rows);
    yield;
  }
  return heights.some(Number.isFinite) ? { plane, ranges, size, count, heights, ahead } : null;
}

// The place of point i of a grid that reaches to the ends of its ranges, row after row from below.
function placeOnGrid(ranges, size, i) {
  return [i % size, Math.floor(i / size)].map((k, axis) => {
    const [low, high] = ranges[axis];
    return low + (k / (size - 1)) * (high - low);
  });
}
