// While no neuron is chosen: the weights into each neuron of the first layer, as pictures like the inputs.

const MOST_PICTURES = 36;

const hasGallery = network.image !== null && network.sizes[1] <= MOST_PICTURES;

function makePicture(index) {
  const neuron = { layer: 1, index };
  const button = element("button", { type: "button", ariaLabel: `Weights into ${nameOfNeuron(neuron)}` }, element("canvas"));
  button.addEventListener("click", () => {
    select(neuron);
    view.neurons[0][index].focus({ preventScroll: true });
  });
  return button;
}

function showGallery() {
  const gallery = $("gallery");
  gallery.hidden = !hasGallery || (state.neuron !== null && state.neuron.layer > 0);
  if (gallery.hidden) return;
  [...gallery.children].forEach((button, index) => paintWeights(button.firstChild, { layer: 1, index }));
}

function prepareGallery() {
  if (!hasGallery) return;
  $("gallery").append(...Array.from({ length: network.sizes[1] }, (_, index) => makePicture(index)));
  on("selection", showGallery);
  later("input parameters", showGallery);
  document.addEventListener("modes", showGallery);
}
