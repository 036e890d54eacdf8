// The net in columns: the input, and the neurons of each layer, as bright as they are active.

const MOST_INPUTS = 24; // that stand in a column of their own; of more, a strip or a picture
const LARGEST_NEURON = 3.3; // in the height of the type
const SMALLEST_NEURON = matchMedia("(pointer: coarse)").matches ? 24 : 18; // px: a finger needs more
const NUMBER_ROOM = 2.5; // the diameter of a neuron that holds its number, in the height of the type
const LARGEST_MAP = 5; // of a neuron of a net of two inputs, in the height of the type
const CAPTION = 1.5; // a number under it

const view = { lit: network.layers.length, shape: null, neurons: [] };

const layerCount = network.layers.length;
const inputsAreNeurons = () => network.image === null && inputs <= MOST_INPUTS;

const nameOfNeuron = ({ layer, index }) =>
  layer === layerCount && outputs > 1 ? `output ${network.labels[index]}` : `layer ${layer}, neuron ${index}`;

const isChosen = (layer, index) => state.neuron !== null && state.neuron.layer === layer && state.neuron.index === index;

// -- where everything stands --------------------------------------------------------------------

// The places of count neurons one under another, in several ranks where they would be too small; caption is the room
// for a number under each, where there is enough.
function column({ count, x, most, caption = 0 }, top, height, between) {
  const ranks = Math.max(1, Math.ceil(count / Math.max(1, Math.floor(height / SMALLEST_NEURON))));
  const rows = Math.ceil(count / ranks);
  const pitch = Math.min(height / rows, 1.35 * most);
  const isCaptioned = caption > 0 && pitch > 2.7 * caption;
  const size = Math.min(most, isCaptioned ? pitch - caption : 0.9 * pitch, (0.6 * between) / ranks);
  const start = top + (height - pitch * rows - (isCaptioned ? caption : 0)) / 2 + pitch / 2;
  const places = Array.from({ length: count }, (_, i) => ({
    x: x + (Math.floor(i / rows) - (ranks - 1) / 2) * 1.1 * size,
    y: start + (i % rows) * pitch,
  }));
  return { x, places, size, pitch, isCaptioned, left: x - (ranks * 1.1 * size) / 2, right: x + (ranks * 1.1 * size) / 2 };
}

function measureNet() {
  const net = $("net");
  const [width, height] = [net.clientWidth, net.clientHeight];
  const type = parseFloat(getComputedStyle(net).fontSize);
  const [top, bottom] = [4.3 * type, height - 0.2 * type];
  const answers = answerWidth(width, type);
  const pad = padBeside(net);
  const across = pad !== null ? 0 : network.image === null ? (inputsAreNeurons() ? LARGEST_NEURON : 2) * type : Math.min(0.2 * width, 12 * type);
  const first = inputsAreNeurons() ? across / 2 : across;
  const most = (isPlanar ? LARGEST_MAP : LARGEST_NEURON) * type;
  const between = (width - answers - 0.6 * most - first) / layerCount;
  net.classList.toggle("tight", between < 4.4 * type);
  const columns = network.sizes.map((count, i) => {
    const x = first + between * i;
    if (i === 0 && !inputsAreNeurons()) return null;
    const kind = i > 0 && isPlanar ? { most, caption: i === layerCount && hasBars ? 0 : CAPTION * type } : { most: LARGEST_NEURON * type };
    return column({ count, x, ...kind }, top, bottom - top, between);
  });
  net.classList.toggle("beside", pad !== null);
  if (pad !== null) columns[0] = pad;
  else if (columns[0] === null) {
    const tall = network.image === null ? bottom - top : (across * network.image[0]) / network.image[1];
    columns[0] = { x: across / 2, left: 0, right: across, top: (top + bottom - tall) / 2, width: across, height: tall };
  }
  view.shape = { width, height, type, columns, answers, edge: columns.at(-1).right };
}

// The pad as the column of the inputs, where it stands to the left of the net.
function padBeside(net) {
  if (!canDraw()) return null;
  const [{ left, top, right, width, height }, box] = [$("pad"), net].map((part) => part.getBoundingClientRect());
  if (right > box.left) return null;
  return { x: (left + right) / 2 - box.left, left: left - box.left, right: right - box.left, top: top - box.top, width, height, isPad: true };
}

// -- what stands there --------------------------------------------------------------------------

function makeNeuron(layer, index) {
  const button = element("button", { type: "button", className: isPlanar ? "circle square" : "circle" });
  button.addEventListener("click", () => {
    select(isChosen(layer, index) ? null : { layer, index });
  });
  button.addEventListener("focus", () => {
    for (const other of view.neurons[layer - 1]) other.tabIndex = other === button ? 0 : -1;
  });
  button.tabIndex = index === 0 ? 0 : -1;
  button.append(element("span", { className: "number", ariaHidden: "true" }));
  return button;
}

// Up and down within a layer; a layer is one stop of the Tab key.
function onNeuronKey(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const neurons = view.neurons.find((layer) => layer.includes(event.target));
  if (by === undefined || neurons === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  neurons[Math.min(neurons.length - 1, Math.max(0, neurons.indexOf(event.target) + by))].focus();
}

function makeColumns() {
  const net = $("net");
  for (let i = 0; i <= layerCount; i += 1) {
    const group = element("div", { className: "column", role: "group" });
    const count = network.sizes[i];
    const kind = i === 0 ? "inputs" : i === layerCount ? "outputs" : "neurons";
    group.setAttribute("aria-label", `${count} ${kind}`);
    const head = element("div", { className: "head" });
    const words = [String(count), i === 0 ? "inputs" : network.layers[i - 1].activation];
    head.append(symbol("a", "", `(${i})`), ...words.map((textContent) => element("span", { textContent })));
    group.append(head);
    if (i > 0) {
      if (isPlanar) group.prepend(element("canvas", { className: "maps" })); // behind its neurons
      view.neurons.push(Array.from({ length: count }, (_, index) => makeNeuron(i, index)));
      group.append(...view.neurons.at(-1));
    } else if (inputsAreNeurons()) {
      group.append(...Array.from({ length: count }, () => {
        const circle = element("div", { className: "circle" });
        circle.append(element("span", { className: "number" }));
        return circle;
      }));
    } else {
      const canvas = element("canvas", { className: "picture", role: "img" });
      group.append(canvas);
    }
    net.append(group);
  }
  net.addEventListener("keydown", onNeuronKey);
}

const columnParts = (i) => [...$("net").querySelectorAll(".column")[i].querySelectorAll(":scope > :not(.maps)")];

function placeColumns() {
  measureNet();
  const { type, columns } = view.shape;
  columns.forEach((place, i) => {
    const [head, ...parts] = columnParts(i);
    head.style.left = `${place.x}px`;
    head.style.top = place.isPad ? `${place.top + place.height}px` : "";
    if (place.places === undefined) {
      const { left, top, width, height } = place;
      parts[0].style.cssText = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
      return;
    }
    parts.forEach((part, k) => {
      const { x, y } = place.places[k];
      Object.assign(part.style, { left: `${x}px`, top: `${y}px`, width: `${place.size}px`, height: `${place.size}px` });
      part.classList.toggle("roomy", (i === 0 || !isPlanar) && place.size >= NUMBER_ROOM * type);
      part.classList.toggle("captioned", place.isCaptioned);
    });
  });
  placeLinks();
  placeMaps();
  placeAnswers();
}

function placeMaps() {
  [...$("net").querySelectorAll(".maps")].forEach((canvas, before) => {
    const { left, right } = view.shape.columns[before + 1];
    placeCanvas(canvas, left, right - left);
  });
}

function placeCanvas(canvas, left, width) {
  Object.assign(canvas.style, { left: `${left}px`, width: `${width}px` });
  forgetSize(canvas);
}

// -- how bright it is ---------------------------------------------------------------------------

const BRIGHT = 0.46; // above it black reads better than white

function showColumns() {
  network.sizes.forEach((_, i) => {
    const numbers = state.activations?.[i] ?? null;
    const [head, ...parts] = columnParts(i);
    const isDim = i > view.lit;
    head.parentElement.classList.toggle("dim", isDim);
    head.parentElement.classList.toggle("now", i === view.lit && view.lit < layerCount);
    if (i === 0 && !inputsAreNeurons()) {
      showInputPicture(parts[0], numbers ?? state.x);
      return;
    }
    const level = numbers === null ? () => 0 : brightnessOf(numbers);
    parts.forEach((part, k) => {
      const grey = Math.round(255 * level(numbers?.[k]));
      setStyle(part, "--grey", grey);
      setState(part, "data-bright", grey > 255 * BRIGHT);
      setText(part.firstElementChild, isDim ? "" : shortActivation(numbers?.[k] ?? null));
      if (i === 0) return;
      setState(part, "aria-pressed", isChosen(i, k));
    });
  });
}

// Two decimals, as in the lectures: 0.97.
function shortActivation(x) {
  if (x === null) return NOTHING;
  return Math.abs(x) < 100 ? x.toFixed(2).replace("-", MINUS) : number(x);
}

let pictured = null; // the numbers of the picture, and its size

function showInputPicture(canvas, numbers) {
  const { width, isPad } = view.shape.columns[0];
  if (isPad) return;
  if (pictured !== null && pictured.numbers === numbers && pictured.width === width) return;
  pictured = { numbers, width };
  const sheet = penFor(canvas);
  if (sheet === null) return;
  sheet.pen.imageSmoothingEnabled = false;
  const picture = network.image === null ? stripOf(numbers) : pictureOf(numbers);
  sheet.pen.drawImage(picture, 0, 0, sheet.width, sheet.height);
}

function stripOf(numbers) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: numbers.length });
  const pen = canvas.getContext("2d");
  const level = brightnessOf(numbers);
  numbers.forEach((x, i) => {
    const grey = Math.round(255 * level(x));
    pen.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    pen.fillRect(0, i, 1, 1);
  });
  return canvas;
}

// For who listens: the names change when a move has ended, not during it.
function nameColumns() {
  if (state.activations === null) return;
  view.neurons.forEach((neurons, before) => {
    const layer = before + 1;
    neurons.forEach((button, index) => {
      button.setAttribute("aria-label", `${nameOfNeuron({ layer, index })}: ${shortActivation(state.activations[layer][index])}`);
    });
  });
  const picture = $("net").querySelector(".picture");
  if (picture === null) return;
  picture.setAttribute("aria-label", `The input: ${state.example === null ? "a drawing" : `example ${state.example}`}`);
}

// -- the pulse ----------------------------------------------------------------------------------

function light(layer) {
  view.lit = Math.min(layerCount, Math.max(0, layer));
  showNet();
  say(view.lit === 0 ? "The input" : view.lit === layerCount ? answerInWords() : `Layer ${view.lit} of ${layerCount}`);
}

function showNet() {
  showNumbers();
  showLinks();
}

function showNumbers() {
  showColumns();
  showAnswers();
}

function prepareColumns() {
  $("links").append(...network.layers.map(() => element("canvas", { className: "links" })));
  makeColumns();
  makeAnswers();
  placeColumns();
  on("input parameters", showNumbers);
  later("input parameters", showLinks);
  on("selection", showNet);
  whenShownAnew($("net"), () => {
    placeColumns();
    showNet();
  });
}
