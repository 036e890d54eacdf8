// Views listen to events. Between two pictures of the screen each listener runs once, however much happened. What the
// eye follows is drawn within the frame; the rest follows it in pieces of a few milliseconds, so that a drag does not
// wait for it.

const EVENTS = ["input", "parameters", "training", "selection"];
const PIECE = 4; // milliseconds

const inFrame = new Map(); // a listener, and the set of events that it listens to
const afterFrame = new Map();
const happened = new Set();
const due = new Set(); // listeners that are to run after a frame
let underWay = null; // the rest of the steps of one of them
let willDraw = false;
let willFollow = false;

// Have f run after each of these events, "input" or "parameters training".
function on(events, f) {
  listen(inFrame, events, f);
}

// The same, but after the frame. f may be a generator, which yields between two pieces of its work. What happens
// meanwhile has it run again, after its end.
function later(events, f) {
  listen(afterFrame, events, f);
}

function listen(listeners, events, f) {
  const names = events.split(" ");
  for (const name of names) if (!EVENTS.includes(name)) throw new Error(`no event is called ${name}`);
  listeners.set(f, new Set([...(listeners.get(f) ?? []), ...names]));
}

function emit(...events) {
  for (const event of events) happened.add(event);
  if (willDraw) return;
  willDraw = true;
  requestAnimationFrame(draw);
}

// Run the listeners of what happened now.
function draw() {
  willDraw = false;
  const now = [...happened];
  happened.clear();
  const heard = (listeners) => [...listeners].filter(([, events]) => now.some((event) => events.has(event))).map(([f]) => f);
  for (const f of heard(afterFrame)) due.add(f);
  for (const f of heard(inFrame)) {
    due.delete(f);
    f();
  }
  follow();
}

function follow() {
  if (willFollow || (due.size === 0 && underWay === null)) return;
  willFollow = true;
  setTimeout(() => {
    willFollow = false;
    drawRest(PIECE);
    follow();
  });
}

// Run what waits, for some milliseconds or to its end.
function drawRest(milliseconds = Infinity) {
  const end = performance.now() + milliseconds;
  while ((due.size > 0 || underWay !== null) && performance.now() < end) {
    if (underWay === null) {
      const [f] = due;
      due.delete(f);
      underWay = f() ?? null;
    } else if (underWay.next().done) underWay = null;
  }
}
