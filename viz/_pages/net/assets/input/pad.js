// The pad: a digit drawn with a mouse, a finger or a pen, as input of a net of images.

const INSET = 0.26; // of the pad: the picture of a drawing as the net reads it

const pad = { strokes: [], pointer: null };

// Only for pictures as high as they are wide: the drawing has that form.
const canDraw = () => network.image !== null && network.image[0] === network.image[1];

// The grey levels of the examples: paper and ink.
const greys = () => {
  const [low, high] = inputRange();
  return (share) => low + (high - low) * share;
};

function drawnInput() {
  const [side] = network.image;
  const grey = greys();
  if (pad.strokes.length === 0) return new Float64Array(side * side).fill(grey(0));
  return Float64Array.from(placed(inkOf(pad.strokes, side), side), grey);
}

function clearPad() {
  if (!canDraw()) return;
  Object.assign(pad, { strokes: [], pointer: null }); // a stroke that is being drawn ends here
  setInput(drawnInput());
  showPad();
}

const paperOf = (event) => {
  const { left, top, width, height } = $("pad").getBoundingClientRect();
  return [(event.clientX - left) / width, (event.clientY - top) / height];
};

function beginStroke(event) {
  if (pad.pointer !== null || event.button !== 0) return;
  event.preventDefault();
  pad.pointer = event.pointerId;
  try {
    $("pad").setPointerCapture(event.pointerId);
  } catch {
    // The pointer of a synthetic event is not there to be captured.
  }
  if (state.example !== null) {
    pad.strokes = [];
    setInput(drawnInput());
  }
  pad.strokes.push([paperOf(event)]);
  readPad();
}

function continueStroke(event) {
  if (event.pointerId !== pad.pointer) return;
  if (state.example !== null) return endStroke(event); // an example was chosen meanwhile
  const events = event.getCoalescedEvents?.() ?? [];
  pad.strokes.at(-1).push(...(events.length > 0 ? events : [event]).map(paperOf));
  readPad();
}

function endStroke(event) {
  if (event.pointerId !== pad.pointer) return;
  pad.pointer = null;
  emit("input");
}

// The right answer, where it was said, stays that of the drawing.
const readPad = oncePerFrame(() => {
  if (state.example !== null) return;
  const { y } = state;
  setInput(drawnInput());
  if (y !== null) setDesired(y);
});

// The strokes, or the picture of an example.
function showPad() {
  if (!canDraw()) return;
  const canvas = $("pad");
  const sheet = penFor(canvas);
  if (sheet === null) return;
  const { pen, width, height } = sheet;
  const isExample = state.example !== null;
  $("hint").hidden = isExample || pad.strokes.length > 0;
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, width, height);
  if (isExample) {
    pen.imageSmoothingEnabled = false;
    pen.drawImage(pictureOf(state.x), 0, 0, width, height);
    return;
  }
  pen.strokeStyle = "#fff";
  pen.lineWidth = 2 * PEN * width;
  for (const [start, ...rest] of pad.strokes) {
    pen.beginPath();
    pen.moveTo(start[0] * width, start[1] * height);
    for (const [x, y] of rest.length > 0 ? rest : [start]) pen.lineTo(x * width, y * height);
    pen.stroke();
  }
  if (pad.pointer === null && pad.strokes.length > 0) showPlaced(pen, width);
}

// In a corner, what the net reads of a drawing.
function showPlaced(pen, width) {
  const side = Math.round(INSET * width);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(pictureOf(state.x), width - side - 6, 6, side, side);
  pen.strokeStyle = css(coloursNow().line);
  pen.lineWidth = 2;
  pen.strokeRect(width - side - 6, 6, side, side);
}

function preparePad() {
  if (!canDraw()) return;
  $("drawing").hidden = false;
  const canvas = $("pad");
  canvas.addEventListener("pointerdown", beginStroke);
  canvas.addEventListener("pointermove", continueStroke);
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, endStroke);
  $("clear").addEventListener("click", clearPad);
  on("input", showPad);
  whenShownAnew(canvas, oncePerFrame(showPad));
}
