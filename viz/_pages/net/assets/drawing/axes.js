// Axes with numbers, on a canvas.

// Round numbers from low to high, about as many as asked for.
function ticks(low, high, about) {
  const rough = (high - low) / Math.max(1, about), ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((times) => times * ten >= rough * 0.999) * ten;
  const numbers = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) numbers.push(i * step || 0);
  return { numbers, texts: numbers.map((x) => tickText(x, step)) };
}

// A number with as many decimals as a step needs.
function tickText(x, step) {
  if (x === 0 && step < 1e-5) return "0";
  if (Math.abs(x) >= 1e5 || step < 1e-5) return x.toExponential(1).replaceAll("-", "−");
  return x.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))).replace(/^-(?=.*[1-9])/, "−").replace("-", "");
}

// Round numbers from low to high on a logarithmic scale, as close as at most so many evenly would be.
function decades(low, high, most) {
  const span = Math.log10(high / low), apart = span / most;
  const times = apart < 0.3 ? [1, 2, 5] : apart < 0.47 ? [1, 3] : [1], every = Math.max(1, Math.ceil(apart));
  const numbers = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    if (power % every !== 0) continue;
    for (const x of times.map((t) => t * 10 ** power)) if (x >= low * 0.999 && x <= high * 1.001) numbers.push(x);
  }
  const texts = numbers.map((x) => {
    return x >= 1e-4 && x < 1e5 ? String(Number(x.toPrecision(1))) : x.toExponential(0).replace("-", "−");
  });
  return { numbers, texts };
}

// A scale of numbers from low to high: the share of the way at which a number is, and the number at a share.
function linearScale(low, high) {
  return {
    share: (x) => (x - low) / (high - low),
    atShare: (t) => low + t * (high - low),
    ticks: (about) => ticks(low, high, about),
  };
}

// A scale of costs: logarithmic where they reach over more than a decade.
function costScale(low, high) {
  if (!(low > 0 && high / low > 10)) return linearScale(low, high);
  const span = Math.log(high / low);
  return {
    share: (x) => Math.log(x / low) / span,
    atShare: (t) => low * Math.exp(t * span),
    ticks: (about) => decades(low, high, 1.5 * about),
  };
}

// A frame with axes in a sheet. x is [low, high], y a scale; room is kept to the right on demand. It gives the frame,
// the place of a point, the point of a place, and a function that writes the numbers.
function axesIn({ pen, width, height, type }, { x, y, labels = ["", ""], title = "", isSquare = false, right = 0 }) {
  const up = y.ticks(Math.max(2, (height - 3 * type) / (2.6 * type)));
  const room = Math.max(0, ...up.texts.map((text) => widthOf(pen, text)));
  const frame = { left: room + 0.7 * type + (labels[1] ? 1.4 * type : 0), top: (title ? 2 : 0.7) * type };
  frame.width = Math.max(1, width - frame.left - 0.9 * type - right);
  frame.height = Math.max(1, height - frame.top - (labels[0] ? 2.9 : 1.6) * type);
  if (isSquare) {
    const side = Math.min(frame.width, frame.height);
    frame.left += (frame.width - side) / 2;
    frame.width = frame.height = side;
  }
  const { left, top } = frame;
  const at = (u, v) => [left + ((u - x[0]) / (x[1] - x[0])) * frame.width, top + (1 - y.share(v)) * frame.height];
  const from = (across, down) => [
    x[0] + ((across - left) / frame.width) * (x[1] - x[0]),
    y.atShare(1 - (down - top) / frame.height),
  ];
  const write = (colours) => {
    const bottom = top + frame.height, across = ticks(...x, Math.max(3, frame.width / (4.5 * type)));
    pen.strokeStyle = css(colours.line);
    pen.lineWidth = 1;
    pen.strokeRect(left, top, frame.width, frame.height);
    pen.fillStyle = css(colours.quiet);
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    up.numbers.forEach((v, i) => pen.fillText(up.texts[i], left - 0.4 * type, at(x[0], v)[1]));
    pen.textAlign = "center";
    across.numbers.forEach((u, i) => pen.fillText(across.texts[i], at(u, y.atShare(0))[0], bottom + 0.9 * type));
    pen.fillStyle = css(colours.ink);
    pen.fillText(labels[0], left + frame.width / 2, bottom + 2.1 * type);
    pen.textAlign = "left";
    pen.fillText(title, left, 0.9 * type);
    if (labels[1]) {
      pen.save();
      pen.translate(left - room - 1.2 * type, top + frame.height / 2);
      pen.rotate(-Math.PI / 2);
      pen.textAlign = "center";
      pen.fillText(labels[1], 0, 0);
      pen.restore();
    }
  };
  return { frame, at, from, write };
}
