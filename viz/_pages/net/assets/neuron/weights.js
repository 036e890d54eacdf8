// The weights into a neuron as a picture: a cell for each, blue above 0 and orange below.

const MOST_IN_A_ROW = 16;
const TALLEST = 2.5; // a cell, in the height of the type
const NUMBERED = 3.2; // the width of a cell that holds its number, in the height of the type

// The rows and columns of the picture.
function gridOf(layer) {
  const count = network.sizes[layer - 1];
  if (layer === 1 && network.image !== null) return { rows: network.image[0], columns: network.image[1], count };
  const columns = Math.min(count, count > 4 * MOST_IN_A_ROW ? Math.ceil(Math.sqrt(count)) : MOST_IN_A_ROW);
  return { rows: Math.ceil(count / columns), columns, count };
}

const firstWeight = ({ layer, index }) => network.layers[layer - 1].W + index * network.sizes[layer - 1];

function largestWeight(neuron) {
  let largest = 0;
  for (let i = 0; i < network.sizes[neuron.layer - 1]; i += 1) largest = Math.max(largest, Math.abs(linkNumber(firstWeight(neuron) + i)));
  return largest;
}

// From full orange by the paper to full blue.
const weightPalette = ({ negative, positive, paper }) =>
  Array.from({ length: 255 }, (_, code) => mixed(code < 127 ? negative : positive, Math.abs(code - 127) / 127, paper));

// Paints the weights into a neuron, a pixel for each; the largest is of the full colour.
function paintWeights(canvas, neuron) {
  const { rows, columns, count } = gridOf(neuron.layer);
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const palette = new Uint32Array(paletteOf(coloursNow(), weightPalette).buffer);
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  const first = firstWeight(neuron);
  const largest = largestWeight(neuron) || 1;
  for (let i = 0; i < count; i += 1) pixels[i] = palette[Math.round(127 + (127 * linkNumber(first + i)) / largest)];
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

const painted = element("canvas");

function showWeights() {
  const canvas = $("weights");
  const neuron = neuronShown();
  canvas.hidden = neuron === null;
  if (neuron === null) {
    $("scale").replaceChildren();
    return;
  }
  const { cell } = inspected;
  setState(canvas, "aria-label", `Weights into ${nameOfNeuron(neuron)}; arrow keys go from weight to weight`);
  const { rows, columns, count } = gridOf(neuron.layer);
  const isImage = neuron.layer === 1 && network.image !== null;
  canvas.classList.toggle("image", isImage);
  // Few cells are not higher than a number in them needs.
  setStyle(canvas, "aspect-ratio", `${columns} / ${rows}`);
  setStyle(canvas, "max-height", isImage ? "none" : `${TALLEST * rows}em`);
  const sheet = penFor(canvas);
  if (sheet === null) return;
  const { pen, width, height, type } = sheet;
  const colours = coloursNow();
  const largest = largestWeight(neuron) || 1;
  const [w, h] = [width / columns, height / rows];
  pen.imageSmoothingEnabled = false;
  pen.drawImage(paintWeights(painted, neuron), 0, 0, width, height);
  for (let i = 0; w >= NUMBERED * type && i < count; i += 1) {
    const x = linkNumber(firstWeight(neuron) + i);
    const [left, top] = [(i % columns) * w, Math.floor(i / columns) * h];
    pen.fillStyle = css(Math.abs(x) / largest > 0.6 ? colours.paper : colours.ink);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(number(x), left + w / 2, top + h / 2);
  }
  pen.strokeStyle = css(colours.line);
  pen.lineWidth = 1;
  if (w > 20) {
    for (let i = 1; i < columns; i += 1) pen.strokeRect(i * w, 0, 0, height);
    for (let i = 1; i < rows; i += 1) pen.strokeRect(0, i * h, width, 0);
  }
  pen.strokeRect(0.5, 0.5, width - 1, height - 1);
  const [left, top] = [(cell % columns) * w, Math.floor(cell / columns) * h];
  pen.strokeStyle = css(colours.paper);
  pen.lineWidth = 5;
  pen.strokeRect(left, top, w, h);
  pen.strokeStyle = css(colours.ink);
  pen.lineWidth = 2.5;
  pen.strokeRect(left, top, w, h);
  showScale(largest);
}

function showScale(largest) {
  const [low, high] = isImproving() ? ["decrease", "increase"] : [number(-largest), number(largest, true)];
  setChildren(
    $("scale"),
    element("span", { textContent: low }),
    element("i", { className: "ramp" }),
    element("span", { textContent: high }),
  );
}

// The cell under a pointer.
function cellAt(event) {
  const { rows, columns, count } = gridOf(state.neuron.layer);
  const { left, top, width, height } = $("weights").getBoundingClientRect();
  const part = (x, size) => Math.min(size - 1, Math.max(0, Math.floor(x * size)));
  const cell = part((event.clientY - top) / height, rows) * columns + part((event.clientX - left) / width, columns);
  return Math.min(count - 1, cell);
}

function onWeightKey(event) {
  const { columns, count } = gridOf(state.neuron.layer);
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -count, End: count }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  chooseCell(Math.min(count - 1, Math.max(0, inspected.cell + by)));
  say(weightInWords());
}

function prepareWeights() {
  const canvas = $("weights");
  new ResizeObserver(oncePerFrame(showNeuron)).observe(canvas);
  canvas.addEventListener("click", (event) => {
    chooseCell(cellAt(event));
    say(weightInWords());
  });
  canvas.addEventListener("keydown", onWeightKey);
}
