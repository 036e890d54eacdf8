// A small map of each neuron over the plane, layer by layer; pressing one shows it large.

function smallMaps() {
  const box = element("div", { className: "maps" }), all = [];
  for (let layer = 1; layer <= network.layers.length; layer++) {
    const isLast = layer === network.layers.length;
    const row = element("div", { className: "row" });
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", isLast ? "Outputs" : `Layer ${layer}`);
    const cells = element("div");
    row.append(element("span", { textContent: isLast ? "output" : `layer ${layer}`, ariaHidden: "true" }), cells);
    for (let index = 0; index < network.sizes[layer]; index++) {
      const neuron = { layer, index }, canvas = element("canvas");
      const button = element("button", { type: "button" }, canvas);
      button.setAttribute("aria-label", isLast ? `Output ${network.labels[index]}` : `Layer ${layer}, neuron ${index}`);
      button.addEventListener("click", () => select(isSame(state.neuron, neuron) ? null : neuron));
      cells.append(button);
      all.push({ neuron, canvas, button });
    }
    box.append(row);
  }

  // paintOn(canvas, neuron) paints the map of a neuron, or of the net for null.
  function draw(paintOn) {
    for (const { neuron, canvas } of all) {
      paintOn(canvas, neuron.layer === network.layers.length && outputs === 1 ? null : neuron);
    }
  }

  on("selection", () => {
    for (const { neuron, button } of all) button.setAttribute("aria-pressed", String(isSame(state.neuron, neuron)));
  });

  return { box, draw };
}

function isSame(neuron, other) {
  return neuron !== null && neuron.layer === other.layer && neuron.index === other.index;
}
