// The cost and the accuracy in the course of the training.

function prepareCurve() {
  const container = document.getElementById("curve");
  const cost = curveCanvas(container), accuracy = ofEach === null ? null : curveCanvas(container);

  let drawn = null; // the steps of the curves that are drawn

  // Times in epochs of steps in rising order, between those whose epochs are known; batches may change their size.
  function timesOf(steps) {
    const known = [...state.history.epochs, { steps: state.steps, epochs: state.epochs + state.progress / n }];
    let next = 1;
    return steps.map((step) => {
      while (next < known.length - 1 && known[next].steps < step) next++;
      const a = known[next - 1], b = known[next] ?? a;
      return b.steps > a.steps ? a.epochs + ((step - a.steps) / (b.steps - a.steps)) * (b.epochs - a.epochs) : b.epochs;
    });
  }

  function drawCost() {
    const { costs, epochs } = state.history;
    const times = timesOf(costs.means.map((_, k) => (k + 0.5) * costs.each));
    const batches = costs.means.map((mean, k) => [times[k], mean]);
    const means = epochs.map((epoch) => [epoch.epochs, epoch.cost]);
    const heights = [...batches, ...means].map(([, y]) => y).filter(Number.isFinite);
    const low = heights.length ? Math.min(...heights) : 0, high = heights.length ? Math.max(...heights) : 1;
    const now = state.measured?.cost ?? means.at(-1)?.[1];
    // Curves touch neither the top nor the bottom of their frame, but a linear scale begins at 0.
    const isWide = low > 0 && high / low > 10, top = 1.08 * Math.max(high, 1e-9);
    const y = isWide ? costScale(low / 1.15, high * 1.15) : linearScale(Math.min(0, low), top);
    plot(cost, "cost", y, now === undefined ? "" : Number(now.toPrecision(3)).toString(), batches, means);
  }

  function drawAccuracy() {
    const shares = state.history.epochs.map((epoch) => [epoch.epochs, 100 * epoch.accuracy]);
    const now = state.measured ? 100 * state.measured.accuracy : shares.at(-1)?.[1];
    plot(accuracy, "right", linearScale(0, 105), now === undefined ? "" : `${tickText(now, 0.1)} %`, [], shares);
  }

  function plot(canvas, name, y, number, thin, bold) {
    const time = tickText(state.epochs + state.progress / n, 0.01);
    setState(canvas, "aria-label", `${name} ${number || "not measured yet"}, after ${time} epochs`);
    const sheet = penFor(canvas);
    if (sheet === null) return;
    const colours = coloursNow(), { pen } = sheet, last = Math.max(1, state.epochs + state.progress / n);
    const axes = axesIn(sheet, { x: [0, last], y, title: `${name} ${number}`, labels: [sheet.height < 7 * sheet.type ? "" : "epochs", ""] });
    if (thin.length < axes.frame.width) drawCurve(pen, axes.at, thin, css(colours.quiet, 0.6), 1.2);
    else drawBand(pen, axes.at, thin, css(colours.quiet, 0.6));
    drawCurve(pen, axes.at, bold, css(colours.positive), 3.5);
    if (bold.length) drawMark(pen, "circle", axes.at(...bold.at(-1)), 5, css(colours.positive), css(colours.paper));
    axes.write(colours);
  }

  function drawAll() {
    drawCost();
    if (accuracy !== null) drawAccuracy();
  }

  // While a weight is turned the curves wait for the cost of all examples.
  later("training", () => {
    if (state.measured !== null || state.playing || state.steps !== drawn) drawAll();
    drawn = state.steps;
  });
  whenShownAnew(container, drawAll);
}

function curveCanvas(container) {
  const canvas = element("canvas", { className: "curve" });
  canvas.setAttribute("role", "img");
  container.append(canvas);
  return canvas;
}

// More points than pixels: for each column of pixels the stretch from the lowest to the highest.
function drawBand(pen, at, points, colour) {
  const columns = new Map();
  for (const point of points) {
    if (!Number.isFinite(point[1])) continue;
    const [x, y] = at(...point), column = Math.round(x), stretch = columns.get(column);
    if (stretch === undefined) columns.set(column, [y, y]);
    else columns.set(column, [Math.min(stretch[0], y), Math.max(stretch[1], y)]);
  }
  pen.fillStyle = colour;
  for (const [x, [top, bottom]] of columns) pen.fillRect(x - 0.5, top - 0.5, 1, bottom - top + 1);
}

function drawCurve(pen, at, points, colour, thickness) {
  pen.beginPath();
  for (const [x, y] of points) if (Number.isFinite(y)) pen.lineTo(...at(x, y));
  pen.strokeStyle = colour;
  pen.lineWidth = thickness;
  pen.stroke();
}
