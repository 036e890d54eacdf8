// Outputs as colours; the plots' `boundary` has the same rules.

const SHADES = 128; // from the paper to the full colour

// The two ends of a desired output, and the output halfway, or where the classes are divided.
function desiredEnds() {
  let low = Infinity, high = -Infinity;
  for (const y of Y) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  if (low === high) [low, high] = low < 0 ? [-1, 1] : [0, 1];
  return { low, high, middle: data.classes?.threshold ?? (low + high) / 2 };
}

// By how much the largest of the outputs is larger than the next.
function leadAt(numbers, start) {
  let first = -Infinity, second = -Infinity;
  for (let k = start; k < start + outputs; k++) {
    if (numbers[k] > first) [first, second] = [numbers[k], first];
    else if (numbers[k] > second) second = numbers[k];
  }
  return first - second;
}

// Colours from full orange by the paper, in the middle, to full blue.
function signedPalette({ negative, positive, paper }) {
  return Array.from({ length: 2 * SHADES }, (_, code) => {
    const t = (code - SHADES + 0.5) / SHADES;
    return mixed(t < 0 ? negative : positive, 0.6 * Math.abs(t), paper);
  });
}

// The code of a number between -1 and 1; of one beyond, that of the nearer end.
function signedCode(t) {
  return Math.max(0, Math.min(2 * SHADES - 1, Math.floor(SHADES * (1 + t))));
}

// For each class its colour, from the paper to full.
function classPalette({ classes, paper }) {
  return Array.from({ length: SHADES * classes.length }, (_, code) =>
    mixed(classes[Math.floor(code / SHADES)], 0.1 + (0.5 * (code % SHADES)) / SHADES, paper));
}

function colourOf(k, { classes }) {
  return classes[k % classes.length];
}

function classCode(k, share, classes) {
  return (k % classes.length) * SHADES + Math.floor((SHADES - 1) * Math.max(0, Math.min(1, share)));
}

function furthest(values, middle) {
  let most = 0;
  for (const x of values) most = Math.max(most, Math.abs(x - middle));
  return most || 1;
}

// What a map of a field shows: heights with the middle and the reach of their colours, for a neuron { layer, index },
// or, for null, for the net; null for more than two outputs, whose map shows classes.
function heightsOf(field, neuron, { low, high, middle }) {
  if (neuron !== null) {
    const { activations } = data.columns.layers[neuron.layer - 1], values = field.column(activations + neuron.index);
    // A sigmoid is in the middle at 1/2; of any other function the sign is shown.
    if (network.layers[neuron.layer - 1].activation === "sigmoid") return { values, middle: 0.5, reach: 0.5 };
    return { values, middle: 0, reach: furthest(values, 0) };
  }
  if (outputs > 2) return null;
  const first = field.column(outputColumn);
  if (outputs === 1) {
    const reach = middle === (low + high) / 2 ? (high - low) / 2 : furthest(first, middle);
    return { values: first, middle, reach };
  }
  return { values: field.column(outputColumn + 1).map((second, i) => second - first[i]), middle: 0, reach: high - low };
}

// Paints a map of a field; where a canvas holds several, in its place.
function paintField(canvas, field, neuron, ends, place) {
  const heights = heightsOf(field, neuron, ends), codes = new Uint16Array(field.size ** 2), colours = coloursNow();
  if (heights !== null) {
    const { values, middle, reach } = heights;
    for (let i = 0; i < codes.length; i++) codes[i] = signedCode((values[i] - middle) / reach);
    return paint(canvas, field.size, codes, paletteOf(colours, signedPalette), place);
  }
  for (let i = 0; i < codes.length; i++) {
    const start = i * results + outputColumn, share = leadAt(field.numbers, start) / (ends.high - ends.low);
    codes[i] = classCode(largestAt(field.numbers, start), share, colours.classes);
  }
  return paint(canvas, field.size, codes, paletteOf(colours, classPalette), place);
}

function largestAt(numbers, start) {
  let best = 0;
  for (let k = 1; k < outputs; k++) if (numbers[start + k] > numbers[start + best]) best = k;
  return best;
}

// Where the class of a field changes, in steps of its grid.
function boundariesOf(field, ends) {
  const { size } = field, heights = heightsOf(field, null, ends);
  if (heights !== null) return contour(heights.values, size, size, heights.middle);
  return Array.from({ length: outputs }, (_, k) => {
    const leads = new Float64Array(size * size);
    for (let i = 0; i < leads.length; i++) {
      const start = i * results + outputColumn;
      let best = -Infinity;
      for (let j = 0; j < outputs; j++) if (j !== k) best = Math.max(best, field.numbers[start + j]);
      leads[i] = field.numbers[start + k] - best;
    }
    return contour(leads, size, size, 0);
  }).flat();
}
