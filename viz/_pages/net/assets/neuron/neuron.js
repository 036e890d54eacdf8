// The neuron that is looked at: its weights, its bias, its weighted sum, and the number line of each.

const inspected = { neuron: null, cell: 0, weight: null, bias: null };

const biasOf = ({ layer, index }) => {
  const { b } = network.layers[layer - 1];
  return b === null ? null : b + index;
};

function chooseCell(cell) {
  inspected.cell = cell;
  beginNudge();
  selectParameter(firstWeight(state.neuron) + cell);
}

// Show the neuron, and the cell, of a parameter.
function lookAt(place) {
  const { neuron, cell } = ownerOf(place);
  select(neuron);
  Object.assign(inspected, { neuron, cell: cell ?? mostActive(neuron) });
  selectParameter(place);
}

// The neuron of a parameter, and which of its weights it is; null for its bias.
function ownerOf(place) {
  for (const [before, { W, b }] of network.layers.entries()) {
    const [across, count] = network.sizes.slice(before, before + 2);
    const layer = before + 1;
    if (place >= W && place < W + across * count) {
      return { neuron: { layer, index: Math.floor((place - W) / across) }, cell: (place - W) % across };
    }
    if (b !== null && place >= b && place < b + count) return { neuron: { layer, index: place - b }, cell: null };
  }
  return null;
}

// The weight that adds most to the sum of this example, either way.
function mostActive(neuron) {
  const a = state.activations?.[neuron.layer - 1] ?? state.x;
  const part = (i) => Math.abs(state.theta[firstWeight(neuron) + i] * a[i]);
  let most = 0;
  for (let i = 1; i < network.sizes[neuron.layer - 1]; i += 1) if (part(i) > part(most)) most = i;
  return most;
}

// -- names -------------------------------------------------------------------------------------

const parameterWords = (place) => {
  const { neuron, cell } = ownerOf(place);
  return cell === null ? `the bias of ${nameOfNeuron(neuron)}` : `weight ${cell} into ${nameOfNeuron(neuron)}`;
};

function parameterSymbol(place) {
  const { neuron: { layer, index }, cell } = ownerOf(place);
  return symbol(cell === null ? "b" : "w", cell === null ? `${index}` : `${index},${cell}`, `(${layer})`);
}

// -- what is shown -----------------------------------------------------------------------------

// The neuron that is looked at; of the inputs none is.
const neuronShown = () => (state.neuron !== null && state.neuron.layer > 0 ? state.neuron : null);

function showNeuron() {
  const neuron = neuronShown();
  $("neuron").classList.toggle("empty", neuron === null);
  if (neuron === null) inspected.neuron = null;
  else if (inspected.neuron?.layer !== neuron.layer || inspected.neuron.index !== neuron.index) {
    Object.assign(inspected, { neuron, cell: mostActive(neuron) });
  }
  setParameterShown(inspected.weight, neuron === null ? null : firstWeight(neuron) + inspected.cell);
  setParameterShown(inspected.bias, neuron === null ? null : biasOf(neuron));
  showHeading();
  showWeights();
  showWishes();
}

function showLines() {
  for (const line of [inspected.weight, inspected.bias]) showParameter(line);
}

// The name of the neuron and its sum, or an invitation.
function showHeading() {
  const neuron = neuronShown();
  if (neuron === null) {
    const [title, text] = invitation();
    setText($("neuron-name"), title);
    setChildren($("sum"), text);
    return;
  }
  const name = nameOfNeuron(neuron);
  setText($("neuron-name"), name[0].toUpperCase() + name.slice(1));
  showSum(neuron);
}

// Above the pictures of the first layer, or in their place.
function invitation() {
  if (!hasGallery) return ["Choose a neuron", "to see its weights and its bias, and to turn them."];
  if (isImproving()) return ["How the first layer should change", "Blue: increase, orange: decrease."];
  return ["What the first layer looks for", "Blue weights seek ink, orange ones paper. Choose a neuron to turn them."];
}

// z = Σ w a + b as numbers, and the activation of it.
function showSum(neuron) {
  const { layer, index } = neuron;
  const { activation } = network.layers[layer - 1];
  const a = state.activations?.[layer][index] ?? null;
  const z = state.sums?.[layer - 1]?.[index] ?? null;
  const bias = biasOf(neuron);
  const first = element("span", {});
  if (z !== null) {
    const b = bias === null ? 0 : state.theta[bias];
    const parts = bias === null ? ["Σ wa = "] : ["Σ wa + b = ", number(z - b), ` + ${guarded(b)} = `];
    first.append(element("i", { textContent: "z" }), " = ", ...parts, element("b", { textContent: number(z) }));
  }
  const second = element("span", {});
  const of = z === null ? "" : ` = ${activation === "sigmoid" ? "σ" : activation}(z)`;
  second.append(element("i", { textContent: "a" }), `${of} = `, element("b", { textContent: a === null ? NOTHING : number(a) }));
  setChildren($("sum"), first, second);
}

const guarded = (x) => (x < 0 ? `(${number(x)})` : number(x));

function weightInWords() {
  const place = firstWeight(state.neuron) + inspected.cell;
  return `weight ${inspected.cell}: ${number(state.theta[place])}`;
}

function prepareNeuron() {
  inspected.weight = makeLine($("weight"));
  inspected.bias = makeLine($("bias"));
  on("selection", showNeuron);
  on("input parameters", showLines);
  later("input parameters", showHeading);
  later("input parameters", showWeights);
  later("input parameters", showWishes);
  document.addEventListener("modes", oncePerFrame(showNeuron));
}
