// A number line on which a parameter is dragged, typed and nudged, with its name and its derivative.

const linesAt = new Map(); // the ends of each parameter's line, as they were when it was first seen

// Round numbers around a stretch: 0.5 and 2 around 0.53 … 1.8.
function roundEnds(low, high) {
  const unit = 10 ** Math.floor(Math.log10(high - low));
  const step = [0.1, 0.2, 0.5, 1].map((part) => part * unit).find((part) => (high - low) / part <= 12);
  const onGrid = (x, toward) => Number((toward(x / step) * step).toPrecision(12));
  return [onGrid(low, Math.floor), onGrid(high, Math.ceil)];
}

// From −2 to 2 around a number, further where the number is large; a number beyond an end makes the line longer.
function endsOf(place) {
  const x = state.theta[place];
  const reach = Math.max(2, 2 * Math.abs(x));
  const [low, high] = linesAt.get(place) ?? roundEnds(x - reach, x + reach);
  const ends = x < low ? [roundEnds(x, high)[0], high] : x > high ? [low, roundEnds(low, x)[1]] : [low, high];
  linesAt.set(place, ends);
  return ends;
}

// A hundredth of the unit of a line's length: 0.01 on a line from −2 to 2.
const grainOf = ([low, high]) => 10 ** (Math.floor(Math.log10(high - low)) - 2);

// To the grain: 0.37, not 0.3700000000000001.
function rounded(x, grain) {
  const places = Math.max(0, Math.round(-Math.log10(grain)));
  return Number((Math.round(x / grain) * grain).toFixed(places)) + 0;
}

function shortEnd(x) {
  return String(Number(x.toPrecision(3))).replace("-", MINUS);
}

function makeLine(box) {
  const name = element("div", { className: "name" });
  const field = element("input", { className: "number value", type: "text", inputMode: "decimal", autocomplete: "off" });
  const back = element("button", { type: "button", className: "back", textContent: "↺", title: "As it was before" });
  const slope = element("div", { className: "slope" });
  const axis = element("div", { className: "axis" });
  const slider = element("input", { className: "line", type: "range" });
  const ends = [0, 1].map(() => element("span", { className: "end" }));
  axis.append(element("div", { className: "track" }), slider, element("i", { className: "ghost" }), element("i", { className: "dot" }), ...ends);
  box.append(name, field, back, slope, axis);
  const line = { box, name, field, back, slope, axis, slider, ends, place: null };
  for (const event of ["focus", "pointerdown"]) {
    slider.addEventListener(event, () => {
      beginNudge();
      selectParameter(line.place);
    });
  }
  slider.addEventListener("input", () => turn(line.place, rounded(slider.valueAsNumber, grainOf(endsOf(line.place)))));
  slider.addEventListener("change", () => say(answerInWords()));
  leaveKeys(slider);
  field.addEventListener("focus", () => {
    beginNudge();
    selectParameter(line.place);
    field.value = String(state.theta[line.place]);
    field.select();
  });
  field.addEventListener("input", () => {
    const x = read(field.value);
    field.setAttribute("aria-invalid", String(x === null));
    if (x !== null) turn(line.place, x);
  });
  field.addEventListener("change", () => say(answerInWords()));
  field.addEventListener("blur", () => {
    field.removeAttribute("aria-invalid");
    showParameter(line);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") field.blur();
  });
  back.addEventListener("click", () => {
    undo(line.place);
    say(answerInWords());
  });
  return line;
}

// Have a line show another parameter; or none, for null.
function setParameterShown(line, place) {
  line.box.hidden = place === null;
  if (place !== null && line.place !== place) {
    const words = parameterWords(place);
    line.name.replaceChildren(parameterSymbol(place));
    line.field.setAttribute("aria-label", `value of ${words}`);
    line.slider.setAttribute("aria-label", `move ${words}`);
    line.back.setAttribute("aria-label", `reset ${words}`);
    line.box.setAttribute("aria-label", words);
  }
  line.place = place;
  showParameter(line);
}

function showParameter({ place, field, slider, axis, ends, back, slope }) {
  if (place === null) return;
  const x = state.theta[place];
  const [low, high] = endsOf(place);
  const at = (value) => Math.min(1, Math.max(0, (value - low) / (high - low))).toFixed(4);
  if (document.activeElement !== field) field.value = number(x);
  for (const [name, end] of [["min", low], ["max", high], ["step", grainOf([low, high])]]) setState(slider, name, end);
  if (document.activeElement !== slider || slider.valueAsNumber !== rounded(x, grainOf([low, high]))) slider.value = x;
  setState(slider, "aria-valuetext", number(x));
  setStyle(axis, "--dot", at(x));
  setStyle(axis, "--zero", low <= 0 && high >= 0 ? at(0) : -9);
  const was = nudge.moved.get(place);
  axis.classList.toggle("moved", was !== undefined);
  if (was !== undefined) axis.style.setProperty("--ghost", at(was));
  [low, high].forEach((end, i) => setText(ends[i], shortEnd(end)));
  back.disabled = was === undefined;
  showSlope(slope, place);
}

// What the measured turn did, beside the derivative; or what would improve the answer.
function showSlope(slope, place) {
  const measured = measuredNudge(place);
  const letter = ownerOf(place).cell === null ? "b" : "w";
  const parts = [];
  if (measured !== null) {
    const ratio = measured.change / measured.step;
    parts.push(signed(`ΔC/Δ${letter}`, ratio, true));
    if (measured.slope !== null) parts.push(signed(`∂C/∂${letter}`, measured.slope, true));
  } else if (isImproving()) {
    parts.push(signed(`∂C/∂${letter}`, state.gradient[place], true), wish(place));
  }
  setChildren(slope, ...parts);
}
