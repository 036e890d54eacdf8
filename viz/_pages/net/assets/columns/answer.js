// The outputs as bars with their names, the cost of each, and what the net reads.

const winnerOf = (a) => a.indexOf(Math.max(...a));

// What the net answers: of several outputs the largest, of one output its class where there are classes.
function answer() {
  const a = state.outputs;
  if (a === null) return { winner: null, label: null, x: null };
  if (outputs > 1) {
    const winner = winnerOf(a);
    return { winner, label: network.labels[winner], x: a[winner] };
  }
  const threshold = data.classes?.threshold ?? null;
  return { winner: null, label: threshold === null ? null : String(Number(a[0] > threshold)), x: a[0] };
}

const verb = () => (network.image === null ? "says" : "reads");

function answerInWords() {
  const { label, x } = answer();
  return label === null ? `output ${number(x)}` : `${verb()} ${label}, ${number(x)}`;
}

// -- places ------------------------------------------------------------------------------------

// With what each output should be and costs, where there is room beside the net.
const showsErrors = (width, type) => data.squares && !isPlanar && width > 34 * type;

// One number over a plane stands under its neuron.
const hasBars = !isPlanar || outputs > 1;

function answerWidth(width, type) {
  if (!hasBars) return 1.5 * type;
  const least = (showsErrors(width, type) ? 15.3 : 8.9) * type;
  return Math.min(0.5 * width, Math.max(least, 0.3 * width));
}

function makeAnswers() {
  const rows = network.labels.map((textContent) => {
    const row = element("div", { className: "outcome" });
    row.append(
      element("span", { className: "label", textContent: outputs > 1 ? textContent : "" }),
      barParts(),
      element("span", { className: "number" }),
      element("span", { className: "wanted" }),
      element("span", { className: "error" }),
    );
    return row;
  });
  const head = element("div", { className: "outcome heads" });
  head.append(...["", "", "a", "y", "(a − y)²"].map((textContent) => element("span", { textContent })));
  head.children[0].className = "label";
  head.children[1].className = "bar";
  ["number", "wanted", "error"].forEach((name, i) => { head.children[i + 2].className = name; });
  const table = element("div", { className: "outcomes" });
  table.setAttribute("aria-hidden", "true");
  table.append(head, ...rows);
  table.hidden = !hasBars;
  $("net").append(table);
}

function barParts() {
  const bar = element("span", { className: "bar" });
  bar.append(element("i", { className: "fill" }), element("i", { className: "ghost" }));
  return bar;
}

const outcomeRows = () => [...$("net").querySelectorAll(".outcome:not(.heads)")];

function placeAnswers() {
  const { columns, edge, width, type } = view.shape;
  const table = $("net").querySelector(".outcomes");
  table.style.left = `${edge + 0.3 * type}px`;
  table.style.width = `${width - edge - 0.3 * type}px`;
  const { places, pitch } = columns.at(-1);
  const rows = outcomeRows();
  rows.forEach((row, i) => {
    row.style.top = `${places[i].y}px`;
  });
  table.querySelector(".heads").style.top = `${places[0].y - Math.max(pitch, 1.6 * type)}px`;
}

// -- numbers -----------------------------------------------------------------------------------

function showAnswers() {
  const a = state.outputs ?? new Float64Array(outputs);
  const { y } = state;
  const table = $("net").querySelector(".outcomes");
  const isLit = view.lit === layerCount && state.outputs !== null;
  table.classList.toggle("dim", !isLit);
  table.classList.toggle("judged", y !== null && showsErrors(view.shape.width, view.shape.type));
  const low = Math.min(0, ...a);
  const length = Math.max(1, ...a) - low;
  const { winner } = answer();
  const before = nudge.before?.outputs ?? null;
  outcomeRows().forEach((row, i) => {
    const [label, bar, value, wanted, error] = row.children;
    label.classList.toggle("winner", isLit && winner === i);
    setStyle(bar, "--from", ((Math.min(0, a[i]) - low) / length).toFixed(4));
    setStyle(bar, "--to", ((Math.max(0, a[i]) - low) / length).toFixed(4));
    bar.classList.toggle("moved", before !== null && before[i] !== a[i]);
    if (before !== null) setStyle(bar, "--was", Math.min(1, Math.max(0, (before[i] - low) / length)).toFixed(4));
    setText(value, shortActivation(a[i]));
    setText(wanted, y === null ? "" : shortActivation(y[i]));
    setText(error, y === null ? "" : squared(a[i], y[i]));
  });
  showAnswer(isLit);
}

const squared = (a, y) => ((a - y) ** 2).toFixed(4);

function showAnswer(isLit) {
  const { label, x } = answer();
  const parts = [];
  if (isLit) {
    if (label !== null) parts.push(`${verb()} `, element("b", { textContent: label }));
    parts.push(element("span", { textContent: label === null ? `output ${number(x)}` : number(x) }));
    const right = className(state.y);
    if (right !== null) {
      const isRight = right === label;
      parts.push(element("span", { className: "verdict", textContent: isRight ? "✓ right" : `✗ it is ${right}` }));
    }
  }
  setChildren($("answer"), ...parts);
  const costs = state.y === null || !isLit ? [] : [signed("C", state.cost, false)];
  if (costs.length > 0 && nudge.before !== null && nudge.before.cost !== null) costs.push(signed("ΔC", state.cost - nudge.before.cost, true));
  setChildren($("costs"), ...costs);
}

function signed(name, x, isSigned) {
  const piece = element("span", {});
  const value = element("b", { textContent: number(x, isSigned) });
  if (isSigned && sign(x) !== null) value.dataset.sign = sign(x);
  piece.append(element("i", { textContent: name }), " = ", value);
  return piece;
}
