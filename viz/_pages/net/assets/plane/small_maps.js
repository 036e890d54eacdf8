// In the columns, a small map of each neuron over the plane.

// paintOn(canvas, neuron) paints the map of a neuron, or of the net for null.
function paintNeurons(paintOn) {
  view.neurons.forEach((neurons, before) => {
    const layer = before + 1, isNet = layer === network.layers.length && outputs === 1;
    neurons.forEach((button, index) => paintOn(button.querySelector("canvas"), isNet ? null : { layer, index }));
  });
}

// The plane is what the net answers, so it stands behind the net, for readers who go by Tab too.
function putPlaneLast() {
  document.querySelector("main").prepend(document.querySelector(".network"));
}
