// The plane of a net of two inputs: its output as colour, the examples, the lines of the first layer; and in the columns
// a small map of each neuron.

const FINE = 120; // points along each axis, at rest
const COARSE = 24; // while numbers change
const SMALL_MAP = 12; // of a neuron, while numbers change
const LEAST = 20, MOST = 40; // of a neuron, at rest
const AT_ONCE = 5e5; // operations of the net, about, in which the points of a neuron at rest are computed
const FEW = 6; // neurons of a first layer, up to which their lines stand out

function preparePlane() {
  const container = document.getElementById("plane");
  container.hidden = !isPlanar;
  if (!isPlanar) return;
  putPlaneLast();
  const canvas = element("canvas", { className: "map", tabIndex: 0 }), legend = element("p", { className: "legend" });
  canvas.setAttribute("role", "application");
  container.append(canvas, legend);

  const ranges = planeRanges(), ends = desiredEnds();
  const grids = (plane, neurons) => ({ plane: new Field(plane, ranges), neurons: new Field(neurons, ranges) });
  const affordable = Math.floor(Math.sqrt(AT_ONCE / (state.theta.length + 8 * results)));
  const coarse = grids(COARSE, SMALL_MAP), fine = grids(FINE, Math.max(LEAST, Math.min(MOST, affordable)));
  const ground = element("canvas"); // the colours, a pixel for each point
  const beneath = element("canvas"); // all but the point x, which moves over it
  const pieces = inPieces();
  let shown = coarse, axes = null, rest = null, isDefined = false;

  function* compute() {
    if (!isShown(canvas)) return;
    pieces.stop();
    clearTimeout(rest);
    rest = null;
    yield* computeAndDraw(coarse);
    refineAtRest();
  }

  function refineAtRest() {
    if (isDefined && !state.playing && shown === coarse) rest ??= setTimeout(() => pieces.start(computeAndDraw(fine)), REST);
  }

  function* computeAndDraw(fields) {
    const theta = Float64Array.from(state.theta); // it may change meanwhile
    isDefined = (yield* fields.plane.compute(theta)) && (yield* fields.neurons.compute(theta));
    shown = fields;
    drawPlane();
    yield* drawMaps();
  }

  function drawPlane() {
    const sheet = penFor(canvas);
    if (sheet === null) return;
    const y = linearScale(...ranges[1]);
    axes = { ...axesIn(sheet, { x: ranges[0], y, labels: ["x₁", "x₂"], isSquare: true }), ranges };
    drawBeneath(sheet);
    drawPoint();
  }

  function drawBeneath({ width, height, type }) {
    const dense = canvas.width / width, pen = beneath.getContext("2d"), colours = coloursNow(), { frame } = axes;
    Object.assign(beneath, { width: canvas.width, height: canvas.height });
    pen.scale(dense, canvas.height / height);
    inFrameOf(pen, () => {
      if (isDefined) {
        pen.drawImage(paintField(ground, shown.plane, mapped(), ends), frame.left, frame.top, frame.width, frame.height);
        drawPieces(pen, boundariesOf(shown.plane, ends), frame, shown.plane.size, true, css(colours.ink), 3);
      }
      drawFirstLayer(pen, colours, type);
      drawExamples(pen, colours, Math.max(3.5, Math.min(0.6 * type, (0.14 * frame.width) / Math.sqrt(n))));
    });
  }

  function drawPoint() {
    const sheet = penFor(canvas);
    if (sheet === null || axes === null) return;
    const { pen, width, height, type } = sheet, colours = coloursNow(), place = axes.at(...state.x);
    pen.drawImage(beneath, 0, 0, width, height);
    inFrameOf(pen, () => {
      drawRing(pen, place, 0.75 * type, css(colours.paper), 6);
      drawRing(pen, place, 0.75 * type, css(colours.ink), 2.5);
    });
    axes.write(colours);
  }

  function inFrameOf(pen, drawInside) {
    const { left, top, width, height } = axes.frame;
    pen.save();
    pen.beginPath();
    pen.rect(left, top, width, height);
    pen.clip();
    drawInside();
    pen.restore();
  }

  function* drawMaps() {
    if (isDefined) yield* paintNeurons((part, neuron, place) => paintField(part, shown.neurons, neuron, ends, place));
  }

  // The neuron whose activations the large map shows; null for the net itself.
  function mapped() {
    const { neuron } = state;
    if (neuron === null || neuron.layer === 0) return null;
    return neuron.layer === network.layers.length && outputs === 1 ? null : neuron;
  }

  function drawFirstLayer(pen, colours, type) {
    const { W, b } = network.layers[0];
    for (let j = 0; j < network.sizes[1]; j++) {
      const isChosen = state.neuron !== null && state.neuron.layer === 1 && state.neuron.index === j;
      const line = [state.theta[W + 2 * j], state.theta[W + 2 * j + 1], b === null ? 0 : state.theta[b + j]];
      const clear = isChosen ? 1 : network.sizes[1] <= FEW ? 0.75 : 0.3;
      pen.setLineDash(isChosen ? [] : [0.5 * type, 0.35 * type]);
      const arrow = clear > 0.5 ? type : 0;
      drawNeuronLine(pen, line, axes, css(colours.ink, clear), isChosen ? 3.5 : 1.8, arrow);
    }
    pen.setLineDash([]);
  }

  function drawExamples(pen, colours, radius) {
    const { value: known } = defined(() => outputsAt(state.theta, X.subarray(0, 2 * Math.min(n, PLOTTED))));
    for (let i = 0; i < Math.min(n, PLOTTED); i++) {
      const kind = ofEach === null ? 0 : ofEach[i], place = axes.at(X[2 * i], X[2 * i + 1]);
      const share = (Y[i * outputs] - ends.low) / (ends.high - ends.low);
      const fill = ofEach === null ? mixed(colours.positive, share, colours.negative) : colourOf(kind, colours);
      const isWrong = known !== null && ofEach !== null && classOf(known, i * outputs) !== kind;
      if (isWrong) drawRing(pen, place, 1.9 * radius, css(colours.ink), 2);
      drawMark(pen, MARKS[kind % MARKS.length], place, radius, css(fill), css(colours.paper));
    }
  }

  function sayPlace() {
    const place = Array.from(state.x, (x) => tickText(x, 0.01)).join(", ");
    const gives = state.outputs === null ? ["undefined"] : Array.from(state.outputs, (a) => tickText(a, 0.001));
    const words = `The plane of the inputs. x is (${place}), the net gives ${gives.join(", ")}. Arrow keys move x.`;
    setState(canvas, "aria-label", words);
  }

  function sayColours() {
    const neuron = mapped();
    const subject = neuron === null ? "output" : `neuron ${neuron.index} of layer ${neuron.layer}`;
    legend.replaceChildren(element("strong", { textContent: `Colour: ${subject}` }), ...signsOf(coloursNow()));
  }

  // The classes by their marks, and the ring of a wrong one.
  function signsOf(colours) {
    if (ofEach === null) return [];
    const desired = [ends.low, ends.high].map((y) => `desired ${tickText(y, Number.isInteger(y) ? 1 : 0.01)}`);
    const names = outputs === 1 ? desired : network.labels;
    const signs = names.slice(0, 8).map((name, k) => {
      const sign = element("span", { textContent: MARK_SIGNS[k % MARKS.length], ariaHidden: "true" });
      sign.style.color = css(colourOf(k, colours));
      return element("span", {}, sign, ` ${name}`);
    });
    return [...signs, element("span", { textContent: "◯ wrong" })];
  }

  function drawAll() {
    if (shown.plane.numbers === null) finish(compute());
    drawPlane();
    finish(drawMaps());
    sayColours();
  }

  preparePointing(canvas, () => axes);
  later("parameters", compute);
  on("training", refineAtRest);
  on("input", drawPoint);
  on("selection", drawPlane);
  later("input", sayPlace);
  on("selection", sayColours);
  whenShownAnew(container, drawAll);
  whenShownAnew($("net"), showMaps); // after the columns are placed
}
