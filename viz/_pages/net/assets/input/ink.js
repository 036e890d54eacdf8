// A drawing as an image of MNIST: the ink of a pen, and the ink as nn.data.read_image places it.
//
// An image of 28 pixels holds a digit in a square of 20, its center of mass in the middle of pixel 14. Images
// of other sizes have the same proportions.

const BOX = 20 / 28;
const CENTER = 14.5 / 28;
const PEN = 1.1 / 28; // the radius of the pen
const GRAIN = 5; // pixels of ink to one of the image
const MOST_ENLARGED = 4; // a dot is not enlarged to the whole image

// Strokes, each a list of points [x, y] with 1 for the side of the pad, as coverage from 0 to 1: the smallest
// raster that holds them. The pen is as wide in a small drawing as in a large one.
function inkOf(strokes, side) {
  const points = strokes.flat();
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])));
  const longer = Math.max(right - left, bottom - top);
  const scale = side * GRAIN * Math.min(MOST_ENLARGED, (BOX - 2 * PEN) / longer);
  const radius = PEN * side * GRAIN;
  const margin = radius + 0.5;
  const width = Math.ceil((right - left) * scale + 2 * margin);
  const height = Math.ceil((bottom - top) * scale + 2 * margin);
  const values = new Float32Array(width * height);
  for (const stroke of strokes) {
    const path = stroke.map(([x, y]) => [(x - left) * scale + margin, (y - top) * scale + margin]);
    path.forEach((end, i) => cover({ values, width, height }, path[Math.max(0, i - 1)], end, radius));
  }
  return cropped({ values, width, height });
}

// A straight line of a round pen: full coverage up to its radius, less over the pixel at its rim.
function cover({ values, width, height }, [x0, y0], [x1, y1], radius) {
  const reach = radius + 0.5;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const range = (a, b, size) => [
    Math.max(0, Math.floor(Math.min(a, b) - reach)),
    Math.min(size, Math.ceil(Math.max(a, b) + reach)),
  ];
  const [columns, rows] = [range(x0, x1, width), range(y0, y1, height)];
  for (let row = rows[0]; row < rows[1]; row += 1) {
    for (let column = columns[0]; column < columns[1]; column += 1) {
      const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared));
      const coverage = Math.min(1, reach - Math.hypot(px - along * dx, py - along * dy));
      const at = row * width + column;
      if (coverage > values[at]) values[at] = coverage;
    }
  }
}

function cropped({ values, width, height }) {
  let [left, right, top, bottom] = [width, 0, height, 0];
  values.forEach((value, at) => {
    if (value === 0) return;
    const [column, row] = [at % width, Math.floor(at / width)];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
  });
  const rows = Array.from({ length: bottom - top }, (_, row) =>
    values.slice((top + row) * width + left, (top + row) * width + right),
  );
  const kept = new Float32Array((right - left) * rows.length);
  rows.forEach((row, i) => kept.set(row, i * row.length));
  return { values: kept, width: right - left, height: rows.length };
}

// Cropped ink as an image of side × side pixels, from 0 to 1.
function placed(ink, side) {
  const unit = Math.max(ink.width, ink.height) / (BOX * side); // pixels of ink to one of the image
  const along = { across: new Float64Array(ink.width), down: new Float64Array(ink.height) };
  ink.values.forEach((value, at) => {
    along.across[at % ink.width] += value;
    along.down[Math.floor(at / ink.width)] += value;
  });
  const corner = (sums) => {
    const total = sums.reduce((a, b) => a + b);
    const center = sums.reduce((sum, value, i) => sum + value * (i + 0.5), 0) / total;
    // However uneven the digit, none of it may fall outside.
    const [least, most] = [sums.length / 2 - (1 - BOX / 2) * side * unit, sums.length / 2 - (BOX / 2) * side * unit];
    return Math.min(most, Math.max(least, center - CENTER * side * unit));
  };
  const across = resampling(ink.width, corner(along.across), side * unit, side);
  const down = resampling(ink.height, corner(along.down), side * unit, side);
  const narrow = new Float32Array(side * ink.height);
  for (let row = 0; row < ink.height; row += 1) {
    for (let column = 0; column < side; column += 1) {
      narrow[row * side + column] = weighed(across[column], ink.values, row * ink.width, 1);
    }
  }
  const image = new Float32Array(side * side);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      image[row * side + column] = weighed(down[row], narrow, column, side);
    }
  }
  const darkest = image.reduce((a, b) => Math.max(a, b)); // a thin pen is as black as a broad one
  return image.map((value) => Math.min(1, Math.max(0, value / darkest)));
}

function weighed({ first, weights }, values, start, stride) {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) sum += weights[i] * values[start + (first + i) * stride];
  return sum;
}

// The cubic of Catmull and Rom, with which Pillow resizes.
function cubic(x) {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

// For each pixel of a reduced line, the first pixel that it comes from, and the weights from there on. Outside of
// the line is paper.
function resampling(length, start, extent, count) {
  const scale = extent / count;
  const stretch = Math.max(1, scale);
  return Array.from({ length: count }, (_, i) => {
    const center = start + (i + 0.5) * scale;
    const [low, high] = [-2, 2].map((reach) => Math.floor(center + reach * stretch + 0.5));
    const weights = Float64Array.from({ length: high - low }, (_, k) => cubic((low + k + 0.5 - center) / stretch));
    const total = weights.reduce((a, b) => a + b, 0);
    const [first, stop] = [Math.max(0, low), Math.min(length, high)];
    return { first, weights: weights.slice(first - low, Math.max(first, stop) - low).map((weight) => weight / total) };
  });
}
