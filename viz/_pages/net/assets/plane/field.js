// The numbers of a net of two inputs at the points of a grid over the plane.

const POINTS = 240; // of a field that are computed at once
const PLOTTED = 1000; // examples that are drawn in the plane, from the first on

// The range of each input in the picture: the examples and room around them, more around few. The two are equally
// long, so that a circle is round.
function planeRanges() {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (let i = 0; i < 2 * Math.min(n, PLOTTED); i++) {
    low[i % 2] = Math.min(low[i % 2], X[i]);
    high[i % 2] = Math.max(high[i % 2], X[i]);
  }
  const side = (n > 20 ? 1.35 : 1.7) * (Math.max(high[0] - low[0], high[1] - low[1]) || 2);
  return low.map((end, k) => [(end + high[k] - side) / 2, (end + high[k] + side) / 2]);
}

// size by size points, row after row from below, each in the middle of its square; what the program gives at each.
class Field {
  constructor(size, [across, up]) {
    this.size = size;
    this.rows = new Float64Array(size * size * rowSize);
    for (let i = 0; i < size * size; i++) {
      const at = [i % size, Math.floor(i / size)];
      const x = [across, up].map(([low, high], k) => low + ((at[k] + 0.5) / size) * (high - low));
      this.rows.set(rowOf(x, null), i * rowSize);
    }
    this.numbers = null;
  }

  // Computes the numbers in pieces; whether they are defined, and there.
  *compute(theta) {
    const numbers = new Float64Array(this.size * this.size * results);
    const lines = Math.max(1, Math.floor(POINTS / this.size));
    for (let first = 0; first < this.size; first += lines) {
      const [from, to] = [first, Math.min(this.size, first + lines)].map((line) => line * this.size);
      const { value } = defined(() => PROGRAM.outputs(theta, this.rows.subarray(from * rowSize, to * rowSize)));
      if (value === null) return false;
      numbers.set(value, from * results);
      yield;
    }
    this.numbers = numbers;
    return true;
  }

  // One column of the program's results.
  column(k) {
    const values = new Float64Array(this.size * this.size);
    for (let i = 0; i < values.length; i++) values[i] = this.numbers[i * results + k];
    return values;
  }
}
