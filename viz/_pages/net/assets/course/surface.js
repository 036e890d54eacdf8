// The surface of the cost over two directions, with the way that the parameters take on it.

const LEVELS = 12; // contour lines

function prepareSurface() {
  const container = document.getElementById("surface");
  container.hidden = state.unlike !== null;
  if (container.hidden) return;
  const canvas = element("canvas", { className: "map" }), words = element("p", { className: "legend" });
  const anew = element("button", { type: "button", textContent: "Map from here", title: "The directions of the way so far and of the way ahead from here" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "The cost over two directions in the space of the parameters");
  container.append(canvas, words, anew);

  const pieces = inPieces();
  let map = null, trail = thinPath(400), lastStep = -1, isComputing = false;

  function compute() {
    isComputing = true;
    const past = trail.points();
    pieces.start((function* steps() {
      yield* landscapeOf(past.length > 48 ? past.filter((_, k) => k % Math.ceil(past.length / 48) === 0) : past, (found) => (map = found));
      isComputing = false;
      drawSurface();
    })());
    drawSurface();
  }

  function follow() {
    if (state.steps === 0 && lastStep !== 0) trail = thinPath(400);
    if (state.steps !== lastStep || state.steps === 0) trail.add(state.theta);
    lastStep = state.steps;
    drawSurface();
  }

  function drawSurface() {
    const sheet = penFor(canvas);
    if (sheet === null) return;
    if (map === null) {
      words.textContent = isComputing ? "Looking ahead …" : "";
      if (!isComputing) compute();
      return;
    }
    const { pen, type } = sheet, colours = coloursNow(), { plane, ranges, size, heights } = map;
    const finite = heights.filter(Number.isFinite), [low, high] = [Math.min(...finite), Math.max(...finite)];
    const scale = costScale(low, high > low ? high : low + 1);
    const axes = axesIn(sheet, {
      x: ranges[0], y: linearScale(...ranges[1]), labels: ["first direction", "second direction"], isSquare: true, right: 4.5 * type,
    });
    const { frame, at } = axes;
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
    drawGround(pen, frame, colours, scale);
    for (let k = 1; k < LEVELS; k++) {
      drawPieces(pen, contour(heights, size, size, scale.atShare(k / LEVELS)), frame, size, false, css(colours.positive), 1.2);
    }
    const places = (thetas) => thetas.map((theta) => project(plane, theta).place);
    pen.setLineDash([0.2 * type, 0.45 * type]);
    drawCurve(pen, at, places(map.ahead), css(colours.ink), 2);
    pen.setLineDash([]);
    const here = project(plane, state.theta), way = [...places(trail.points()), here.place];
    drawCurve(pen, at, way, css(colours.negative), 4);
    drawRing(pen, at(...way[0]), 0.4 * type, css(colours.negative), 3);
    drawMark(pen, "circle", at(...here.place), 0.5 * type, css(colours.negative), css(colours.paper));
    pen.restore();
    axes.write(colours);
    drawBar(pen, { ...frame, left: frame.left + frame.width + 0.8 * type, width: 0.9 * type }, scale, colours, type);
    describe(here);
    const isInside = ranges.every(([from, to], k) => here.place[k] >= from && here.place[k] <= to);
    if (!isInside && !isComputing) compute();
  }

  function drawGround(pen, frame, colours, scale) {
    const { size, heights } = map, palette = risingPalette(colours);
    const codes = Array.from(heights, (height) => (Number.isFinite(height) ? Math.round(255 * Math.max(0, Math.min(1, scale.share(height)))) : 255));
    const cell = [frame.width / (size - 1), frame.height / (size - 1)]; // the outer points are on the edges
    pen.drawImage(imageOf(size, codes, palette), frame.left - cell[0] / 2, frame.top - cell[1] / 2, frame.width + cell[0], frame.height + cell[1]);
  }

  function describe(here) {
    const far = here.distance < 1e-9 ? "in this plane" : `${Number(here.distance.toPrecision(2))} from this plane`;
    const of = map.count === n ? `all ${n} examples` : `${map.count} of ${n} examples`;
    const all = state.theta.length.toLocaleString("en");
    words.textContent = `The cost of ${of} over two directions among ${all} parameters, which are ${far}.`;
    canvas.setAttribute("aria-label", `The cost over two directions in the space of the parameters, which are at ${here.place.map((x) => tickText(x, 0.01)).join(", ")}, ${far}`);
  }

  anew.addEventListener("click", compute);
  on("parameters", follow);
  whenShownAnew(container, drawSurface);
}

// Between a tint of blue and the paper, the lighter the higher.
function risingPalette({ positive, paper }) {
  const brightness = ([red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue;
  const [dark, light] = [0.03, 0.5].map((share) => mixed(positive, share, paper)).sort((a, b) => brightness(a) - brightness(b));
  return Array.from({ length: 256 }, (_, code) => mixed(light, code / 255, dark));
}

function drawBar(pen, { left, top, width, height }, scale, colours, type) {
  const palette = risingPalette(colours);
  for (let k = 0; k < 256; k++) {
    pen.fillStyle = css(palette[k]);
    pen.fillRect(left, top + (1 - (k + 1) / 256) * height, width, height / 256 + 1);
  }
  pen.strokeStyle = css(colours.line);
  pen.strokeRect(left, top, width, height);
  pen.fillStyle = css(colours.quiet);
  pen.textAlign = "left";
  const { numbers, texts } = scale.ticks(6);
  numbers.forEach((number, i) => pen.fillText(texts[i], left + width + 0.3 * type, top + (1 - scale.share(number)) * height));
  pen.fillStyle = css(colours.ink);
}
