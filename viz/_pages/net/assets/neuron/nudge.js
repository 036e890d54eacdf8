// A weight or a bias turned by hand: what it was before, and what it did to the outputs and the cost.

// moved: the parameters that were turned, and what each was before; before: outputs and cost when this turn began.
const nudge = { moved: new Map(), before: null, isGoing: false, steps: 0 };

// The next move begins a turn: from there it is measured, and there the ghosts stay.
function beginNudge() {
  nudge.isGoing = false;
}

function turn(place, value) {
  const begins = !nudge.isGoing || nudge.before.place !== place;
  if (begins) {
    const slope = state.gradient?.[place] ?? null;
    nudge.before = { place, value: state.theta[place], outputs: state.outputs, cost: state.cost, slope };
  }
  nudge.isGoing = true;
  if (!nudge.moved.has(place)) nudge.moved.set(place, state.theta[place]);
  if (nudge.moved.get(place) === value) nudge.moved.delete(place);
  setParameter(place, value);
}

function undo(place) {
  if (!nudge.moved.has(place)) return;
  const value = nudge.moved.get(place);
  endNudge();
  nudge.moved.delete(place);
  setParameter(place, value);
}

function undoAll() {
  for (const place of [...nudge.moved.keys()]) undo(place);
  say("Moves undone");
}

function endNudge() {
  Object.assign(nudge, { before: null, isGoing: false });
}

// Of this turn: how far the parameter went, what that did to the cost, and the slope where it began.
function measuredNudge(place) {
  const { before } = nudge;
  if (before === null || before.place !== place || before.cost === null || state.cost === null) return null;
  const step = state.theta[place] - before.value;
  return step === 0 ? null : { step, change: state.cost - before.cost, slope: before.slope };
}

function prepareNudge() {
  $("reset").addEventListener("click", undoAll);
  on("input", endNudge);
  on("training", () => {
    if (nudge.steps === state.steps) return;
    nudge.steps = state.steps;
    nudge.moved.clear();
    endNudge();
  });
  on("parameters training", () => {
    $("reset").disabled = nudge.moved.size === 0;
  });
}
