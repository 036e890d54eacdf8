// In the columns, a small map of each neuron over the plane.

// paintOn(canvas, neuron) paints the map of a neuron, or of the net for null; one after the other.
function* paintNeurons(paintOn) {
  for (const [before, neurons] of view.neurons.entries()) {
    const layer = before + 1, isNet = layer === network.layers.length && outputs === 1;
    for (const [index, button] of neurons.entries()) {
      paintOn(button.querySelector("canvas"), isNet ? null : { layer, index });
      yield;
    }
  }
}

// The plane is what the net answers, so it stands behind the net, for readers who go by Tab too.
function putPlaneLast() {
  document.querySelector("main").prepend(document.querySelector(".network"));
}
