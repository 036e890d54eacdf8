// Lines of equal height through the values at the points of a grid.

// Pieces of the line where values, row after row, are equal to a level: [x, y, x', y'] each, in steps of the grid.
function contour(values, rows, columns, level) {
  const pieces = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const i = row * columns + column;
      const corners = [values[i], values[i + 1], values[i + columns + 1], values[i + columns]];
      const above = corners.map((value) => value > level);
      const crossings = [];
      for (let side = 0; side < 4; side++) {
        const next = (side + 1) % 4;
        if (above[side] === above[next]) continue;
        const t = (level - corners[side]) / (corners[next] - corners[side]);
        crossings.push([
          [column + t, row],
          [column + 1, row + t],
          [column + 1 - t, row + 1],
          [column, row + 1 - t],
        ][side]);
      }
      // At a saddle the mean of the corners tells which of them stay together.
      if (crossings.length === 4 && corners.reduce((a, b) => a + b) / 4 > level !== above[0]) {
        crossings.push(crossings.shift());
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) pieces.push([...crossings[k], ...crossings[k + 1]]);
    }
  }
  return pieces;
}
