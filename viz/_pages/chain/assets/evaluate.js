// Every number of the page, from those of the leaves. A cell is a number ("Infinity" and "NaN" too, which
// JSON lacks), or an operation and the slots of its arguments; derivatives are cells like all others. What
// is undefined, and all that depends on it, is null, and `causes` holds the slot where it began.

function evaluate(cells, moved) {
  const numbers = [];
  const causes = [];
  cells.forEach((cell, slot) => {
    if (!Array.isArray(cell)) {
      numbers.push(moved.get(slot) ?? Number(cell));
      causes.push(null);
      return;
    }
    const [name, ...places] = cell;
    const missing = places.find((place) => numbers[place] === null);
    let result = null;
    if (missing === undefined) {
      try {
        result = OPERATIONS[name](...places.map((place) => numbers[place]));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    numbers.push(Number.isFinite(result) ? result : null);
    causes.push(numbers[slot] !== null ? null : missing === undefined ? slot : causes[missing]);
  });
  return { numbers, causes };
}
