// Canvases that are sharp on every screen, in the colours and the type of the page.

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// A pen for a canvas in pixels of CSS, after the canvas has the size of its box; null while it is not shown.
function penFor(canvas) {
  const { width, height } = canvas.getBoundingClientRect(), dense = window.devicePixelRatio || 1;
  if (width < 1 || height < 1) return null;
  const across = Math.round(width * dense), down = Math.round(height * dense);
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  const pen = canvas.getContext("2d"), style = getComputedStyle(canvas);
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  pen.lineJoin = pen.lineCap = "round";
  return { pen, width, height, type: parseFloat(style.fontSize) };
}

// The colours of the theme that the page has now, as [red, green, blue].
function coloursNow() {
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => {
    const hex = style.getPropertyValue(`--${name}`).trim();
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  };
  const [paper, ink, quiet, line, faded, positive, negative] =
    ["paper", "ink", "quiet", "line", "faded", "positive", "negative"].map(rgb);
  const classes = [negative, positive];
  for (let i = 0; style.getPropertyValue(`--run-${i}`); i++) classes.push(rgb(`run-${i}`));
  return { paper, ink, quiet, line, faded, positive, negative, classes };
}

function css(rgb, opacity = 1) {
  return `rgb(${rgb.map(Math.round).join(" ")} / ${opacity})`;
}

// A share of a colour on a ground.
function mixed(rgb, share, ground) {
  return rgb.map((part, i) => ground[i] + share * (part - ground[i]));
}

// Round numbers from low to high, about as many as asked for.
function ticks(low, high, about) {
  const rough = (high - low) / Math.max(1, about), ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((times) => times * ten >= rough * 0.999) * ten;
  const numbers = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) numbers.push(i * step || 0);
  return numbers;
}

// A number at a tick, with as many decimals as the step needs.
function tickText(x, step) {
  if (x !== 0 && (Math.abs(x) >= 1e5 || step < 1e-4)) return x.toExponential(0).replaceAll("-", "−");
  return x.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9))).replace("-", "−");
}

// An image of n by n pixels, row 0 below, from codes into a palette of [red, green, blue].
function imageOf(n, codes, palette) {
  const canvas = element("canvas", { width: n, height: n }), pen = canvas.getContext("2d");
  const image = pen.createImageData(n, n);
  for (let i = 0; i < n * n; i++) {
    const rgb = palette[codes[i]], at = 4 * ((n - 1 - Math.floor(i / n)) * n + (i % n));
    image.data[at] = rgb[0];
    image.data[at + 1] = rgb[1];
    image.data[at + 2] = rgb[2];
    image.data[at + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

// A frame with axes: the place of a point (x, y), and back. Numbers stand below and to the left.
function axesIn({ pen, width, height, type }, colours, { x, y, labels = ["", ""], square = false, logarithmic = false }) {
  const stepOf = (numbers) => (numbers.length > 1 ? numbers[1] - numbers[0] : Math.abs(numbers[0]) || 1);
  const up = logarithmic ? decades(...y) : ticks(...y, Math.max(2, height / (3.5 * type)));
  const upTexts = up.map((number) => (logarithmic ? decadeText(number) : tickText(number, stepOf(up))));
  const room = Math.max(...upTexts.map((text) => pen.measureText(text).width), 0);
  const frame = { left: room + 0.6 * type + (labels[1] ? 1.5 * type : 0), top: 0.7 * type };
  frame.width = width - frame.left - 0.8 * type;
  frame.height = height - frame.top - (labels[0] ? 2.9 : 1.6) * type;
  if (square) frame.width = frame.height = Math.max(1, Math.min(frame.width, frame.height));
  const scale = (number) => (logarithmic ? Math.log10(number) : number), [low, high] = y.map(scale);
  const at = (u, v) => [
    frame.left + ((u - x[0]) / (x[1] - x[0])) * frame.width,
    frame.top + (1 - (scale(v) - low) / (high - low)) * frame.height,
  ];
  const from = (left, top) => [
    x[0] + ((left - frame.left) / frame.width) * (x[1] - x[0]),
    y[0] + (1 - (top - frame.top) / frame.height) * (y[1] - y[0]),
  ];
  const across = ticks(...x, Math.max(2, frame.width / (4.5 * type)));
  const write = () => {
    pen.strokeStyle = css(colours.line);
    pen.lineWidth = 1;
    pen.strokeRect(frame.left, frame.top, frame.width, frame.height);
    pen.fillStyle = css(colours.quiet);
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    up.forEach((number, i) => pen.fillText(upTexts[i], frame.left - 0.4 * type, at(x[0], number)[1]));
    pen.textAlign = "center";
    const below = frame.top + frame.height;
    for (const number of across) pen.fillText(tickText(number, stepOf(across)), at(number, y[0])[0], below + type);
    pen.fillStyle = css(colours.ink);
    pen.fillText(labels[0], frame.left + frame.width / 2, below + 2.2 * type);
    pen.save();
    pen.translate(0.7 * type, frame.top + frame.height / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(labels[1], 0, 0);
    pen.restore();
  };
  return { frame, at, from, write };
}

// Powers of ten in a range; of less than two decades, 1, 2 and 5 times them.
function decades(low, high) {
  const numbers = [];
  const times = Math.log10(high / low) < 2 ? [1, 2, 5] : [1];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const t of times) if (t * 10 ** power >= low * 0.999 && t * 10 ** power <= high * 1.001) numbers.push(t * 10 ** power);
  }
  return numbers;
}

function decadeText(number) {
  if (number >= 0.001 && number < 1e5) return String(Number(number.toPrecision(1)));
  return number.toExponential(0).replace("-", "−");
}

// Draws in the next frame of the screen, once, however often it is asked to before.
function oncePerFrame(draw) {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      draw();
    });
  };
}

// Calls a function when an element gets another size, and when the page gets another theme or other type.
function whenShownAnew(container, act) {
  new ResizeObserver(act).observe(container);
  new MutationObserver(act).observe(document.documentElement, { attributes: true });
}

// A long computation in short pieces, so that the page answers meanwhile. The generator yields between two steps.
// A new run ends the one before.
function inPieces(milliseconds = 8) {
  let run = 0;
  return {
    start(steps) {
      const mine = ++run;
      const piece = () => {
        if (mine !== run) return;
        const end = performance.now() + milliseconds;
        while (performance.now() < end) if (steps.next().done) return;
        setTimeout(piece, 0);
      };
      setTimeout(piece, 0);
    },
    stop() {
      run++;
    },
  };
}
