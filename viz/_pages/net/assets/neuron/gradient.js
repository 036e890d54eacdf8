// What would improve the answer: how each weight should change, by the negative gradient of the cost.

const LISTED = 6; // of the largest entries

let wished = []; // the places that are listed

let isWanted = false;

// The gradient is of an example, or of a drawing whose right answer was said.
const isImproving = () => isWanted && state.gradient !== null;

const largestSlope = () => state.gradient.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);

// The sign says up or down; the share of the largest entry says how much, in the degrees of viz.gradient.
function inWords(desired, largest) {
  if (desired === 0) return "stay";
  const share = Math.abs(desired) / largest;
  const [, degree] = data.degrees.find(([least]) => share >= least);
  return `${desired > 0 ? "increase" : "decrease"} ${degree}`;
}

function wish(place) {
  const desired = -state.gradient[place];
  const words = element("b", { className: "wish", textContent: inWords(desired, largestSlope()) });
  if (sign(desired) !== null) words.dataset.sign = sign(desired);
  return words;
}

function showWishes() {
  const place = $("wishes");
  if (!isWanted) {
    place.replaceChildren();
    return;
  }
  if (state.gradient === null) {
    const textContent = state.y === null ? "Say the right answer: the cost tells what would improve it." : NOTHING;
    place.replaceChildren(element("p", { className: "hint", textContent }));
    return;
  }
  const places = mostHelpful();
  const list = place.querySelector("ul") ?? element("ul", {});
  const isSame = wished.join() === places.join() && list.isConnected;
  if (isSame) [...list.children].forEach((row, i) => row.firstChild.lastChild.replaceWith(wishNumbers(places[i])));
  else list.replaceChildren(...places.map(wishRow));
  wished = places;
  const title = element("h3", { textContent: "The most helpful changes" });
  if (isSame) place.firstChild.replaceWith(sumOfWishes());
  else place.replaceChildren(sumOfWishes(), title, list);
}

// Of the neuron that is looked at: all its weights together.
function sumOfWishes() {
  const { neuron } = state;
  if (neuron === null || neuron.layer === 0) return element("p", {});
  const count = network.sizes[neuron.layer - 1];
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum -= state.gradient[firstWeight(neuron) + i];
  const total = element("b", { textContent: number(sum, true) });
  if (sign(sum) !== null) total.dataset.sign = sign(sum);
  return element("p", { className: "together" }, `Σ −∂C/∂w of its ${count} weights = `, total);
}

function mostHelpful() {
  const { gradient } = state;
  const places = [];
  let least = 0;
  gradient.forEach((x, i) => {
    const size = Math.abs(x);
    if (size <= least && places.length === LISTED) return;
    places.push(i);
    places.sort((a, b) => Math.abs(gradient[b]) - Math.abs(gradient[a]));
    places.length = Math.min(places.length, LISTED);
    least = Math.abs(gradient[places.at(-1)]);
  });
  return places.filter((i) => gradient[i] !== 0);
}

function wishNumbers(place) {
  const desired = element("span", { className: "number", textContent: number(-state.gradient[place], true) });
  return element("span", { className: "wished" }, desired, " ", wish(place));
}

function wishRow(place) {
  const row = element("li", {});
  const button = element("button", { type: "button" });
  const drawn = element("span", { ariaHidden: "true" }, parameterSymbol(place));
  const words = element("span", { className: "unseen", textContent: parameterWords(place) });
  button.append(drawn, words, wishNumbers(place));
  button.addEventListener("click", () => lookAt(place));
  row.append(button);
  return row;
}

function improve(on) {
  isWanted = on;
  $("improve").setAttribute("aria-pressed", String(on));
  emit("selection");
  if (on) say(state.gradient === null ? "Say the right answer first" : `${parameterWords(mostHelpful()[0])} should ${inWords(-state.gradient[mostHelpful()[0]], largestSlope())}`);
}

function prepareGradient() {
  $("improve").addEventListener("click", () => improve(!isWanted));
}
