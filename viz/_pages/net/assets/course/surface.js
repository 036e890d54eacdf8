// The surface of the cost over two directions, with the way that the parameters take on it.

const LEVELS = 12; // contour lines
const WAY = 48; // points of the way so far that choose the directions

function prepareSurface() {
  const container = document.getElementById("surface");
  container.hidden = state.unlike !== null;
  if (container.hidden) return;
  const canvas = element("canvas", { className: "map" }), words = element("p", { className: "legend" });
  const title = "The directions of the way so far and of the way ahead from here";
  const anew = element("button", { type: "button", title });
  const isQuick = state.theta.length < SMALL_NET; // of a larger net the map takes seconds, and is made when asked for
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "The cost over two directions in the space of the parameters");
  container.append(canvas, words, anew);

  const pieces = inPieces();
  const ground = element("canvas"); // the map without the way on it
  let map = null, trail = thinPath(400), lastStep = -1, isComputing = false, hasFailed = false;

  function compute() {
    isComputing = true;
    const points = trail.points(), every = Math.ceil(points.length / WAY);
    const past = points.filter((_, k) => k % every === 0);
    pieces.start((function* steps() {
      const landscape = yield* landscapeOf(past);
      isComputing = false;
      hasFailed = landscape === null;
      if (landscape !== null) map = { ...landscape, scale: heightScale(landscape.heights) };
      drawSurface();
    })());
    drawSurface();
  }

  function follow() {
    if (state.steps === 0 && lastStep !== 0) trail = thinPath(400);
    if (state.steps !== lastStep || (state.steps === 0 && isQuick)) trail.add(state.theta);
    lastStep = state.steps;
    drawSurface();
  }

  function drawSurface() {
    canvas.hidden = map === null;
    setText(anew, isComputing ? "Looking ahead …" : map === null ? "Map the cost around here" : "Look ahead from here");
    if (map === null) {
      setText(words, isComputing || !hasFailed ? "" : "With this learning rate no step leads on from here.");
      if (isQuick && !isComputing && !hasFailed && isShown(container)) compute();
      return;
    }
    const sheet = penFor(canvas);
    if (sheet === null) return;
    const { pen, type } = sheet, colours = coloursNow(), { plane, ranges } = map;
    const axes = axesIn(sheet, {
      x: ranges[0],
      y: linearScale(...ranges[1]),
      labels: ["first direction", "second direction"],
      isSquare: true,
      right: 4.5 * type,
    });
    const { frame, at } = axes;
    if (map.drawn?.colours !== colours || map.drawn.side !== frame.width) {
      drawGround(ground, map, frame.width, colours);
      map.drawn = { colours, side: frame.width };
    }
    pen.drawImage(ground, frame.left, frame.top, frame.width, frame.height);
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
    pen.setLineDash([0.2 * type, 0.45 * type]);
    drawCurve(pen, at, placesOf(map.ahead), css(colours.ink), 2);
    pen.setLineDash([]);
    const here = project(plane, state.theta), way = [...placesOf(trail.points()), here.place];
    drawCurve(pen, at, way, css(colours.negative), 4);
    drawRing(pen, at(...way[0]), 0.4 * type, css(colours.negative), 3);
    drawMark(pen, "circle", at(...here.place), 0.5 * type, css(colours.negative), css(colours.paper));
    pen.restore();
    axes.write(colours);
    const bar = { ...frame, left: frame.left + frame.width + 0.8 * type, width: 0.9 * type };
    drawBar(pen, bar, map.scale, colours, type);
    const isInside = ranges.every(([low, high], k) => here.place[k] >= low && here.place[k] <= high);
    describe(here, isInside);
    if (!isInside && isQuick && !isComputing && !hasFailed) compute();
  }

  // The places of parameters that stay as they are, each computed once.
  function placesOf(thetas) {
    map.places ??= new Map();
    return thetas.map((theta) => {
      if (!map.places.has(theta)) map.places.set(theta, project(map.plane, theta).place);
      return map.places.get(theta);
    });
  }

  function describe(here, isInside) {
    const beyond = isInside ? "" : ", beyond this map";
    const far = here.distance < 1e-9 ? "in this plane" : `${Number(here.distance.toPrecision(2))} from this plane`;
    const of = map.count === n ? `all ${n} examples` : `${map.count} of ${n} examples`;
    const all = state.theta.length.toLocaleString("en");
    setText(words, `The cost of ${of} over two directions among ${all} parameters, which are ${far}${beyond}.`);
    const place = here.place.map((x) => tickText(x, 0.01)).join(", ");
    setState(canvas, "aria-label", `The cost over two directions. The parameters are at ${place}, ${far}`);
  }

  anew.addEventListener("click", compute);
  later("parameters", follow);
  whenShownAnew(container, drawSurface);
}

function heightScale(heights) {
  const finite = heights.filter(Number.isFinite), low = Math.min(...finite), high = Math.max(...finite);
  return costScale(low, high > low ? high : low + 1);
}

// The heights as brightness, and contour lines at equal shares of their scale.
function drawGround(canvas, map, side, colours) {
  const { size, heights, scale } = map, dense = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: side * dense, height: side * dense });
  const pen = canvas.getContext("2d");
  pen.scale(dense, dense);
  const share = (height) => (Number.isFinite(height) ? Math.max(0, Math.min(1, scale.share(height))) : 1);
  const codes = Array.from(heights, (height) => Math.round(255 * share(height)));
  const cell = side / (size - 1); // the outer points are on the edges
  const image = paint(element("canvas"), size, codes, paletteOf(colours, risingPalette));
  pen.drawImage(image, -cell / 2, -cell / 2, side + cell, side + cell);
  const frame = { left: 0, top: 0, width: side, height: side };
  for (let k = 1; k < LEVELS; k++) {
    const line = contour(heights, size, size, scale.atShare(k / LEVELS));
    drawPieces(pen, line, frame, size, false, css(colours.positive), 1.2);
  }
}

// Between a tint of blue and the paper, the lighter the higher.
function risingPalette({ positive, paper }) {
  const brightness = ([red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue;
  const tints = [0.03, 0.5].map((share) => mixed(positive, share, paper));
  const [dark, light] = tints.sort((a, b) => brightness(a) - brightness(b));
  return Array.from({ length: 256 }, (_, code) => mixed(light, code / 255, dark));
}

function drawBar(pen, { left, top, width, height }, scale, colours, type) {
  const palette = risingPalette(colours);
  const shades = pen.createLinearGradient(0, top + height, 0, top);
  for (const k of [0, 255]) shades.addColorStop(k / 255, css(palette[k]));
  pen.fillStyle = shades;
  pen.fillRect(left, top, width, height);
  pen.strokeStyle = css(colours.line);
  pen.strokeRect(left, top, width, height);
  pen.fillStyle = css(colours.quiet);
  pen.textAlign = "left";
  const { numbers, texts } = scale.ticks(height / (3 * type));
  const at = (number) => top + (1 - scale.share(number)) * height;
  numbers.forEach((number, i) => pen.fillText(texts[i], left + width + 0.3 * type, at(number)));
  pen.fillStyle = css(colours.ink);
}
