// A point of the plane becomes the input x: by mouse, finger or arrow keys.

const NEAR = 14; // pixels to an example that is meant

function preparePointing(canvas, axesNow) {
  let isDown = false, start = null;

  function placeOf(event) {
    const box = canvas.getBoundingClientRect(), place = [event.clientX - box.left, event.clientY - box.top];
    const { frame } = axesNow();
    return [
      Math.max(frame.left, Math.min(frame.left + frame.width, place[0])),
      Math.max(frame.top, Math.min(frame.top + frame.height, place[1])),
    ];
  }

  function nearestTo(place) {
    let best = null, least = NEAR;
    for (let i = 0; i < Math.min(n, PLOTTED); i++) {
      const [x, y] = axesNow().at(X[2 * i], X[2 * i + 1]), distance = Math.hypot(x - place[0], y - place[1]);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || axesNow() === null) return;
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    start = placeOf(event);
    const example = nearestTo(start);
    if (example === null) setInput(axesNow().from(...start));
    else choose(example);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown) return;
    const place = placeOf(event);
    // A hand that trembles on an example does not leave it.
    const isFar = Math.hypot(place[0] - start[0], place[1] - start[1]) > NEAR;
    if (state.example === null || isFar) setInput(axesNow().from(...place));
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (isDown = false));

  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (!move || axesNow() === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { ranges } = axesNow();
    setInput(Array.from(state.x, (x, k) => {
      const [low, high] = ranges[k];
      return Math.max(low, Math.min(high, x + (move[k] * (high - low)) / (event.shiftKey ? 250 : 50)));
    }));
  });
}
