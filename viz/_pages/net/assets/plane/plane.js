// The plane of a net of two inputs: its output as colour, the examples, the lines of the first layer; and in the columns
// a small map of each neuron.

const FINE = 120, LEAST = 20, MOST = 40; // points along each axis: at rest, and while numbers change
const AT_ONCE = 5e5; // operations of the net, about, in which the coarse points are computed
const FEW = 6; // neurons of a first layer, up to which their lines stand out

function preparePlane() {
  const container = document.getElementById("plane");
  container.hidden = !isPlanar;
  if (!isPlanar) return;
  putPlaneLast();
  const canvas = element("canvas", { className: "map", tabIndex: 0 }), legend = element("p", { className: "legend" });
  canvas.setAttribute("role", "application");
  container.append(canvas, legend);

  const ground = element("canvas"), ranges = planeRanges(), ends = desiredEnds();
  const affordable = Math.floor(Math.sqrt(AT_ONCE / (state.theta.length + 8 * results)));
  const coarse = new Field(Math.max(LEAST, Math.min(MOST, affordable)), ranges), fine = new Field(FINE, ranges);
  const pieces = inPieces();
  let field = coarse, axes = null, rest = null, isDefined = false;

  function compute() {
    if (!isShown(canvas)) return;
    isDefined = true;
    try {
      for (const _ of coarse.compute(state.theta, coarse.size));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      isDefined = false;
    }
    field = coarse;
    drawPlane();
    drawMaps();
    pieces.stop();
    clearTimeout(rest);
    rest = null;
    refineAtRest();
  }

  function refineAtRest() {
    if (isDefined && !state.playing && field === coarse) rest ??= setTimeout(() => pieces.start(refine()), REST);
  }

  function* refine() {
    yield* fine.compute(state.theta, 2);
    field = fine;
    drawPlane();
  }

  function drawPlane() {
    const sheet = penFor(canvas);
    if (sheet === null) return;
    const { pen, type } = sheet, neuron = mapped(), colours = coloursNow();
    const y = linearScale(...ranges[1]);
    axes = { ...axesIn(sheet, { x: ranges[0], y, labels: ["x₁", "x₂"], isSquare: true }), ranges };
    const { frame, at } = axes;
    pen.save();
    pen.beginPath();
    pen.rect(frame.left, frame.top, frame.width, frame.height);
    pen.clip();
    if (isDefined) {
      pen.drawImage(paintField(ground, field, neuron, ends), frame.left, frame.top, frame.width, frame.height);
      drawPieces(pen, boundariesOf(field, ends), frame, field.size, true, css(colours.ink), 3);
    }
    drawFirstLayer(pen, colours, type);
    drawExamples(pen, colours, Math.max(3.5, Math.min(0.6 * type, (0.14 * frame.width) / Math.sqrt(n))));
    drawRing(pen, at(...state.x), 0.75 * type, css(colours.paper), 6);
    drawRing(pen, at(...state.x), 0.75 * type, css(colours.ink), 2.5);
    pen.restore();
    axes.write(colours);
  }

  function drawMaps() {
    if (isDefined) paintNeurons((part, neuron) => paintField(part, coarse, neuron, ends));
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
    const known = isDefined ? outputsOf() : null;
    for (let i = 0; i < Math.min(n, PLOTTED); i++) {
      const kind = ofEach === null ? 0 : ofEach[i], place = axes.at(X[2 * i], X[2 * i + 1]);
      const share = (Y[i * outputs] - ends.low) / (ends.high - ends.low);
      const fill = ofEach === null ? mixed(colours.positive, share, colours.negative) : colourOf(kind, colours);
      const isWrong = known !== null && ofEach !== null && classOf(known, i * outputs) !== kind;
      if (isWrong) drawRing(pen, place, 1.9 * radius, css(colours.ink), 2);
      drawMark(pen, MARKS[kind % MARKS.length], place, radius, css(fill), css(colours.paper));
    }
  }

  function outputsOf() {
    try {
      return outputsAt(state.theta, X.subarray(0, 2 * Math.min(n, PLOTTED)));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  }

  function sayPlace() {
    const place = Array.from(state.x, (x) => tickText(x, 0.01)).join(", ");
    const gives = state.outputs === null ? ["undefined"] : Array.from(state.outputs, (a) => tickText(a, 0.001));
    const words = `The plane of the inputs. x is (${place}), the net gives ${gives.join(", ")}. Arrow keys move x.`;
    canvas.setAttribute("aria-label", words);
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
    if (coarse.numbers === null) compute();
    drawPlane();
    drawMaps();
    sayColours();
  }

  preparePointing(canvas, () => axes);
  on("parameters", compute);
  on("training", refineAtRest);
  on("input selection", drawPlane);
  on("input", sayPlace);
  on("selection", sayColours);
  whenShownAnew(container, drawAll);
}
