// Marks of examples, and lines on a canvas.

const MARKS = ["circle", "square", "triangle", "diamond", "down", "wide"];
const MARK_SIGNS = ["●", "■", "▲", "◆", "▼", "▬"];

function drawMark(pen, kind, [x, y], radius, fill, edge) {
  pen.beginPath();
  if (kind === "circle") pen.arc(x, y, radius, 0, 2 * Math.PI);
  if (kind === "square") pen.rect(x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
  if (kind === "wide") pen.rect(x - 1.3 * radius, y - 0.6 * radius, 2.6 * radius, 1.2 * radius);
  const sides = { triangle: [3, -Math.PI / 2], down: [3, Math.PI / 2], diamond: [4, 0] }[kind];
  if (sides) {
    const [count, turn] = sides;
    for (let k = 0; k < count; k++) {
      const angle = turn + (2 * Math.PI * k) / count;
      pen.lineTo(x + 1.25 * radius * Math.cos(angle), y + 1.25 * radius * Math.sin(angle));
    }
    pen.closePath();
  }
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = edge;
  pen.lineWidth = 1.2;
  pen.stroke();
}

function drawRing(pen, [x, y], radius, colour, width) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

// Pieces of a contour over a frame; the points of the grid are in the middle of their squares, or reach to the edges.
function drawPieces(pen, pieces, { left, top, width, height }, size, isMiddle, colour, thickness) {
  const shift = isMiddle ? 0.5 : 0, steps = isMiddle ? size : size - 1;
  const place = (x, y) => [left + ((x + shift) / steps) * width, top + (1 - (y + shift) / steps) * height];
  pen.beginPath();
  for (const [x, y, u, v] of pieces) {
    pen.moveTo(...place(x, y));
    pen.lineTo(...place(u, v));
  }
  pen.strokeStyle = colour;
  pen.lineWidth = thickness;
  pen.stroke();
}

// The line where the weighted sum of a neuron of two inputs is 0, with an arrow to the side where it is positive.
function drawNeuronLine(pen, [w, v, b], { at, ranges }, colour, thickness, type) {
  const square = w * w + v * v;
  if (!(square > 0)) return;
  const center = ranges.map(([low, high]) => (low + high) / 2);
  const away = (w * center[0] + v * center[1] + b) / square;
  const foot = [center[0] - away * w, center[1] - away * v]; // the nearest point to the center
  const reach = (ranges[0][1] - ranges[0][0]) / Math.sqrt(square);
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = thickness;
  pen.beginPath();
  pen.moveTo(...at(foot[0] - v * reach, foot[1] + w * reach));
  pen.lineTo(...at(foot[0] + v * reach, foot[1] - w * reach));
  pen.stroke();
  const [x, y] = at(...foot), [up, down] = [w, -v].map((part) => part / Math.sqrt(square)); // on the screen
  const length = 1.6 * type, head = 0.55 * type, tip = [x + length * up, y + length * down];
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + (length - head) * up, y + (length - head) * down);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(...tip);
  pen.lineTo(tip[0] - head * up - 0.6 * head * down, tip[1] - head * down + 0.6 * head * up);
  pen.lineTo(tip[0] - head * up + 0.6 * head * down, tip[1] - head * down - 0.6 * head * up);
  pen.fill();
}
