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

function showNeuron() {
  const { neuron } = state;
  const isShown = neuron !== null && neuron.layer > 0;
  $("neuron").classList.toggle("empty", !isShown);
  if (!isShown) {
    const [title, text] = invitation();
    $("neuron-name").textContent = title;
    $("sum").textContent = text;
    $("scale").replaceChildren();
    inspected.neuron = null;
    $("weights").hidden = true;
    for (const made of [inspected.weight, inspected.bias]) setPlace(made, null);
    showWishes();
    return;
  }
  const { neuron: last } = inspected;
  if (last === null || last.layer !== neuron.layer || last.index !== neuron.index) {
    Object.assign(inspected, { neuron, cell: mostActive(neuron) });
  }
  const name = nameOfNeuron(neuron);
  setText($("neuron-name"), name[0].toUpperCase() + name.slice(1));
  setState($("weights"), "aria-label", `Weights into ${name}; arrow keys go from weight to weight`);
  showSum(neuron);
  showWeights(inspected.cell);
  const [weight, bias] = [firstWeight(neuron) + inspected.cell, biasOf(neuron)];
  setPlace(inspected.weight, weight, [parameterSymbol(weight)], parameterWords(weight));
  if (bias === null) setPlace(inspected.bias, null);
  else setPlace(inspected.bias, bias, [parameterSymbol(bias)], parameterWords(bias));
  showWishes();
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
  on("input parameters selection", showNeuron);
  document.addEventListener("modes", oncePerFrame(showNeuron));
}
