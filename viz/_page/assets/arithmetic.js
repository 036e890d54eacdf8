// Arithmetic that raises where Python's does.

// A function of Math: a result that is not finite was outside of its domain, or is beyond the largest number.
function checked(f) {
  return (...x) => {
    const y = f(...x);
    if (!Number.isFinite(y) && x.every(Number.isFinite)) throw new RangeError("undefined");
    return y;
  };
}

function divide(x, y) {
  if (y === 0) throw new RangeError("undefined");
  return x / y;
}

// Python's min and max: of two that do not compare, the first.
const least = (x, y) => (y < x ? y : x);
const greatest = (x, y) => (y > x ? y : x);
