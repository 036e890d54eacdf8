// In the columns, a small map of each neuron over the plane. A column has one canvas for all its maps: a browser takes
// longer to show a canvas that has changed than it takes to draw a map.

const smallMaps = network.layers.map(() => element("canvas")); // those of a layer, one under another

// paintOn(canvas, neuron, place) paints the map of a neuron, or of the net for null, in its place among those of its layer.
function* paintNeurons(paintOn) {
  for (const [before, canvas] of smallMaps.entries()) {
    const layer = before + 1, count = network.sizes[layer], isNet = layer === network.layers.length && outputs === 1;
    for (let index = 0; index < count; index++) {
      paintOn(canvas, isNet ? null : { layer, index }, { index, count });
      yield;
    }
  }
  showMaps();
}

function showMaps() {
  document.querySelectorAll("#net .maps").forEach((canvas, before) => {
    const sheet = penFor(canvas);
    if (sheet === null) return;
    const { places, size, left } = view.shape.columns[before + 1], side = size - 2; // under the border of the neuron
    const maps = smallMaps[before], points = maps.width;
    places.forEach(({ x, y }, k) => {
      sheet.pen.drawImage(maps, 0, k * points, points, points, x - left - side / 2, y - side / 2, side, side);
    });
  });
}

// The plane is what the net answers, so it stands behind the net, for readers who go by Tab too.
function putPlaneLast() {
  document.querySelector("main").prepend(document.querySelector(".network"));
}
