// The plane in the space of all parameters that a path lies nearest to, among those through its two ends.
//
// The first direction leads from the path's start to its end. The second is that in which the path departs most
// from this line: the first principal component of what is left. A plane of random directions would not do: in
// many dimensions a path is nearly at right angles to it, and would look like a point (Li et al., 2018, section 7).

// { origin, first, second }: a point, and two directions of length 1 at right angles; null where nothing moved.
function planeOf(path) {
  const origin = path[0], first = unit(difference(path[path.length - 1], origin));
  if (first === null || origin.length < 2) return null;
  const rests = path.map((theta) => {
    const away = difference(theta, origin);
    return add(away, first, -inner(away, first));
  });
  const second = mainDirection(rests, 1e-12 * inner(first, difference(path[path.length - 1], origin)));
  if (second === null) return { origin, first, second: anyAcross(first) };
  return { origin, first, second: unit(add(second, first, -inner(first, second))) };
}

// Where a point is seen in the plane, [along the first, along the second], and how far it is from the plane.
function project(plane, theta) {
  const away = difference(theta, plane.origin);
  const place = [inner(away, plane.first), inner(away, plane.second)];
  const rest = add(add(away, plane.first, -place[0]), plane.second, -place[1]);
  return { place, distance: Math.sqrt(inner(rest, rest)) };
}

// The parameters at a place in the plane.
function pointAt(plane, [along, across]) {
  return add(add(plane.origin, plane.first, along), plane.second, across);
}

function difference(a, b) {
  return a.map((x, i) => x - b[i]);
}

function add(a, b, times) {
  return a.map((x, i) => x + times * b[i]);
}

function inner(a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

function unit(a) {
  const length = Math.sqrt(inner(a, a));
  return length > 0 && Number.isFinite(length) ? a.map((x) => x / length) : null;
}

// The direction in which vectors are largest: the eigenvector of their sum of squares, by powers of the small
// matrix of their products. Null where none is longer than rounding makes it, or one too long for a square.
function mainDirection(vectors, rounding) {
  const products = vectors.map((a) => vectors.map((b) => inner(a, b)));
  const longest = products.reduce((best, row, i) => (row[i] > products[best][best] ? i : best), 0);
  const square = products[longest][longest];
  if (!(square > rounding ** 2 && Number.isFinite(square))) return null;
  const shares = products.map((row) => row.map((x) => x / square)); // from −1 to 1, whose sums are numbers too
  let weights = vectors.map((_, i) => (i === longest ? 1 : 0));
  for (let turn = 0; turn < 100; turn++) weights = unit(shares.map((row) => inner(row, weights)));
  const nothing = new Float64Array(vectors[0].length);
  return unit(vectors.reduce((total, vector, i) => add(total, vector, weights[i]), nothing));
}

// A direction at right angles to another: nearest to the parameter that this one moves least.
function anyAcross(direction) {
  const least = direction.reduce((best, x, i) => (Math.abs(x) < Math.abs(direction[best]) ? i : best), 0);
  const axis = new Float64Array(direction.length);
  axis[least] = 1;
  return unit(add(axis, direction, -direction[least]));
}

// Points of a path, about evenly along it however fast it goes: fewer than `most`, and its end.
function thinPath(most = 48) {
  let points = [], gap = 0, last = null;
  const apart = (a, b) => Math.sqrt(a.reduce((total, x, i) => total + (x - b[i]) ** 2, 0));
  const isFar = (theta, kept) => kept.length === 0 || apart(theta, kept.at(-1)) > gap;
  return {
    add(theta) {
      if (!isFar(theta, points)) return;
      points.push(Float64Array.from(theta));
      if (points.length < most) return;
      const length = points.slice(1).reduce((total, point, i) => total + apart(point, points[i]), 0);
      gap = Math.max(2 * gap, (2 * length) / most);
      points = points.reduce((kept, point) => (isFar(point, kept) ? [...kept, point] : kept), []);
    },
    end(theta) {
      last = Float64Array.from(theta);
    },
    points: () => (last === null ? [...points] : [...points, last]),
  };
}
