// A small map of each neuron over the plane, layer by layer; pressing one shows it large.

function smallMaps() {
  const box = element("div", { className: "maps" }), all = [];
  for (let layer = 1; layer <= network.layers.length; layer++) {
    const isLast = layer === network.layers.length;
    const row = element("div", { className: "row" });
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", isLast ? "Outputs" : `Layer ${layer}`);
    row.append(element("span", { textContent: isLast ? "output" : `layer ${layer}`, ariaHidden: "true" }));
    for (let index = 0; index < network.sizes[layer]; index++) {
      const neuron = { layer, index }, canvas = element("canvas"), button = element("button", { type: "button" }, canvas);
      button.setAttribute("aria-label", isLast ? `Output ${network.labels[index]}` : `Layer ${layer}, neuron ${index}`);
      button.addEventListener("click", () => select(isSame(state.neuron, neuron) ? null : neuron));
      row.append(button);
      all.push({ neuron, canvas, button });
    }
    box.append(row);
  }

  // imageFor gives the image of a neuron, or null.
  function draw(imageFor) {
    for (const { neuron, canvas, button } of all) {
      button.setAttribute("aria-pressed", String(isSame(state.neuron, neuron)));
      const sheet = penFor(canvas);
      if (sheet === null) continue;
      const isNet = neuron.layer === network.layers.length && outputs === 1, image = imageFor(isNet ? null : neuron);
      if (image !== null) sheet.pen.drawImage(image, 0, 0, sheet.width, sheet.height);
    }
  }

  return { box, draw };
}

function isSame(neuron, other) {
  return neuron !== null && neuron.layer === other.layer && neuron.index === other.index;
}
