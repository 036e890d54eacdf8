// Views listen to events; between two pictures of the screen each listener runs once, however much happened.

const EVENTS = ["input", "parameters", "training", "selection"];
const listeners = new Map(); // a function, and the set of events that it listens to
const happened = new Set();
let willDraw = false;

// Have f run after each of these events, "input" or "parameters training".
function on(events, f) {
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
  const now = new Set(happened);
  happened.clear();
  for (const [f, events] of listeners) if ([...events].some((event) => now.has(event))) f(now);
}
