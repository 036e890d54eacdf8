// The links between the columns: weights, or what would improve them, as colour and width. The links between two columns
// have a canvas, which is drawn anew when one of their numbers changes.

const MOST_LINES = 80; // from a picture to a neuron
const WIDEST = 5; // px

// What a link shows: its weight, or how the weight should change.
function linkNumber(place) {
  if (!isImproving()) return state.theta[place];
  return -state.gradient[place];
}

// The largest number of a layer's links.
function largestLink(before) {
  const count = network.sizes[before] * network.sizes[before + 1];
  let largest = 0;
  for (let i = 0; i < count; i += 1) {
    largest = Math.max(largest, Math.abs(linkNumber(network.layers[before].W + i)));
  }
  return largest;
}

function drawLink(pen, from, to, share, colours, opacity) {
  if (share === 0) return;
  const size = Math.abs(share);
  pen.strokeStyle = css(share > 0 ? colours.positive : colours.negative, opacity * (0.25 + 0.75 * size));
  pen.lineWidth = 0.4 + (WIDEST - 0.4) * size;
  pen.setLineDash(share < 0 ? [7, 4] : []);
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
}

// The middle of an input's pixel.
function pixelPlace(i) {
  const { left, top, width, height } = view.shape.columns[0];
  const [rows, across] = network.image ?? [network.sizes[0], 1];
  return { x: left + (((i % across) + 0.5) * width) / across, y: top + ((Math.floor(i / across) + 0.5) * height) / rows };
}

function placesOf(i) {
  return view.shape.columns[i].places ?? Array.from({ length: network.sizes[i] }, (_, k) => pixelPlace(k));
}

// All links between two columns of neurons; where a neuron is chosen, its own alone.
function linksOf(pen, before, colours, largest) {
  const [from, to] = [placesOf(before), placesOf(before + 1)];
  const { W } = network.layers[before];
  const { neuron } = state;
  to.forEach((end, j) => {
    from.forEach((start, k) => {
      if (neuron !== null && !isChosen(before + 1, j) && !isChosen(before, k)) return;
      drawLink(pen, start, end, linkNumber(W + j * from.length + k) / largest, colours, neuron === null ? 0.75 : 1);
    });
  });
}

// From a picture: without a chosen neuron a fan to each, else the largest weights from their pixels.
function linksOfPicture(pen, colours, largest) {
  const to = placesOf(1);
  const { neuron } = state;
  const isMoved = view.shape.columns[0].isPad && state.example === null; // a drawing is centred and scaled
  if (neuron === null || neuron.layer !== 1 || isMoved) {
    const { right, top, height } = view.shape.columns[0];
    pen.setLineDash([]);
    pen.strokeStyle = css(colours.line, neuron === null ? 0.5 : 0.15);
    pen.lineWidth = 1;
    for (const end of to) {
      for (const y of [top, top + height]) {
        pen.beginPath();
        pen.moveTo(right, y);
        pen.lineTo(end.x, end.y);
        pen.stroke();
      }
    }
    return;
  }
  const count = network.sizes[0];
  const start = network.layers[0].W + neuron.index * count;
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (i, k) => Math.abs(linkNumber(start + k)) - Math.abs(linkNumber(start + i)),
  );
  for (const i of order.slice(0, MOST_LINES)) {
    drawLink(pen, pixelPlace(i), to[neuron.index], linkNumber(start + i) / largest, colours, 0.6);
  }
}

const gaps = network.layers.map(() => ({ numbers: null, left: 0, drawn: null }));

// From the left of a column to the right of the next.
function placeLinks() {
  gaps.forEach((gap, before) => {
    const [from, to] = view.shape.columns.slice(before, before + 2);
    gap.left = from.left;
    gap.drawn = null;
    placeCanvas($("links").children[before], from.left, to.right - from.left);
  });
}

// Whether the links between two columns are drawn as they are now.
function isDrawn(gap, before, key) {
  const { W } = network.layers[before];
  const numbers = (isImproving() ? state.gradient : state.theta).subarray(W, W + network.sizes[before] * network.sizes[before + 1]);
  const isSame = gap.drawn === key && numbers.every((x, i) => x === gap.numbers[i]);
  gap.drawn = key;
  if (!isSame) gap.numbers = Float64Array.from(numbers);
  return isSame;
}

let resting = null;

function showLinks(atRest = false) {
  if (view.shape === null) return;
  const { neuron } = state;
  const key = [view.lit, isImproving(), neuron?.layer, neuron?.index, state.example === null, root.dataset.theme].join();
  clearTimeout(resting);
  gaps.forEach((gap, before) => {
    // Of the many links of a picture, one that is turned hardly shows: they follow at rest.
    const waits = network.image !== null && before === 0 && gap.drawn === key && nudge.isGoing && !atRest;
    if (waits) resting = setTimeout(showLinks, REST, true);
    else if (!isDrawn(gap, before, key)) drawLinks(before);
  });
  showLegend();
}

function drawLinks(before) {
  const sheet = penFor($("links").children[before]);
  if (sheet === null || before > view.lit) return;
  const { pen } = sheet;
  const colours = coloursNow();
  pen.translate(-gaps[before].left, 0);
  pen.lineCap = "butt";
  pen.globalAlpha = before < view.lit ? 1 : 0.12;
  const largest = largestLink(before) || 1;
  if (view.shape.columns[before].places === undefined) linksOfPicture(pen, colours, largest);
  else linksOf(pen, before, colours, largest);
}

function showLegend() {
  const words = isImproving() ? ["should increase", "should decrease"] : ["weight above 0", "below 0"];
  const legend = $("legend");
  const key = words.join();
  if (legend.dataset.of === key) return;
  legend.dataset.of = key;
  legend.replaceChildren(
    ...words.map((textContent, i) => element("span", { className: i === 0 ? "key positive" : "key negative", textContent })),
    element("span", { className: "more", textContent: isImproving() ? "the wider, the more it matters" : "the wider, the larger" }),
  );
}
