// Canvases that are sharp on every screen, in the colours and the type of the page.

function element(name, properties = {}, ...children) {
  const part = Object.assign(document.createElement(name), properties);
  part.append(...children);
  return part;
}

// The size and the type of a canvas in pixels of CSS. They are measured again after a change: in every frame that would
// take longer than the drawing. A frame that sets the size itself and draws has to forget the old one.
const { sizeOf, forgetSize } = (() => {
  let known = new WeakMap();
  const changes = new ResizeObserver((entries) => entries.forEach(({ target }) => known.delete(target)));
  document.addEventListener("modes", () => (known = new WeakMap()));
  const sizeOf = (canvas) => {
    if (!(known.get(canvas)?.width > 0)) {
      const { width, height } = canvas.getBoundingClientRect(), { fontSize, fontFamily } = getComputedStyle(canvas);
      known.set(canvas, { width, height, type: parseFloat(fontSize), font: `${fontSize} ${fontFamily}` });
      changes.observe(canvas);
    }
    return known.get(canvas);
  };
  return { sizeOf, forgetSize: (canvas) => known.delete(canvas) };
})();

// A pen for a canvas in pixels of CSS, after the canvas has the size of its box; null while it is not shown.
function penFor(canvas) {
  const size = sizeOf(canvas), { width, height, type } = size, dense = window.devicePixelRatio || 1;
  if (width < 1 || height < 1) return null;
  const across = Math.round(width * dense), down = Math.round(height * dense);
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  const pen = canvas.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  if (pen.font !== size.set) pen.font = size.font;
  size.set = pen.font; // as the browser writes it
  pen.lineJoin = pen.lineCap = "round";
  return { pen, width, height, type };
}

// The width of a text, which takes long to measure.
const widthOf = (() => {
  const known = new Map();
  return (pen, text) => {
    const key = `${pen.font} ${text}`;
    if (!known.has(key)) known.set(key, pen.measureText(text).width);
    return known.get(key);
  };
})();

// The colours of the theme that the page has now, as [red, green, blue], and the palettes that are made of them.
const coloursNow = (() => {
  let known = null;
  document.addEventListener("modes", () => (known = null));
  return () => (known ??= readColours());
})();

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const rgb = (name) => {
    const hex = style.getPropertyValue(`--${name}`).trim();
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  };
  const names = ["paper", "ink", "quiet", "line", "positive", "negative"];
  const [paper, ink, quiet, line, positive, negative] = names.map(rgb);
  const classes = [negative, positive];
  while (style.getPropertyValue(`--class-${classes.length}`)) classes.push(rgb(`class-${classes.length}`));
  return { paper, ink, quiet, line, positive, negative, classes, palettes: new Map() };
}

// A palette that a function makes of the colours, as bytes of red, green, blue and opacity; made once for a theme.
function paletteOf(colours, make) {
  const { palettes } = colours;
  if (!palettes.has(make)) palettes.set(make, Uint8ClampedArray.from(make(colours).flatMap((rgb) => [...rgb, 255])));
  return palettes.get(make);
}

function css(rgb, opacity = 1) {
  return `rgb(${rgb.map(Math.round).join(" ")} / ${opacity})`;
}

// A share of a colour on a ground.
function mixed(rgb, share, ground) {
  return rgb.map((part, i) => ground[i] + share * (part - ground[i]));
}

// Paints size by size points, row 0 below, from codes into a palette. The canvas has a pixel for each, and holds `count`
// such pictures, one under another.
function paint(canvas, size, codes, palette, { index = 0, count = 1 } = {}) {
  const height = count * size;
  if (canvas.width !== size || canvas.height !== height) Object.assign(canvas, { width: size, height });
  const image = new ImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer), colours = new Uint32Array(palette.buffer);
  for (let row = 0; row < size; row++) {
    const from = row * size, to = (size - 1 - row) * size;
    for (let column = 0; column < size; column++) pixels[to + column] = colours[codes[from + column]];
  }
  canvas.getContext("2d").putImageData(image, 0, index * size);
  return canvas;
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

// Whether an element has a place on the page now.
function isShown(part) {
  return part.getClientRects().length > 0;
}

// Draws anew when an element gets another size, and when the page gets another theme or other type.
function whenShownAnew(container, draw) {
  const again = oncePerFrame(draw);
  new ResizeObserver(again).observe(container);
  document.addEventListener("modes", again);
}

// Runs the steps of a computation to its end.
function finish(steps) {
  while (!steps.next().done);
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
