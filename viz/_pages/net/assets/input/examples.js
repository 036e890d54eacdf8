// Choosing an example: pictures, before and after, by chance; numbers of other inputs; and the desired answer.

const THUMBS = 12; // pictures at a time
const MOST_SLIDERS = 12; // inputs that have one each

// Numbers as brightness from 0, black, to 1, white: as they are, where none lies outside of these.
function brightnessOf(numbers) {
  const low = numbers.reduce((a, b) => Math.min(a, b), 0);
  const high = numbers.reduce((a, b) => Math.max(a, b), 1);
  return (x) => (x - low) / (high - low);
}

// A picture of an input, a pixel for each number.
function pictureOf(numbers) {
  const [height, width] = network.image;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  const level = brightnessOf(numbers);
  numbers.forEach((x, i) => image.data.set([0, 1, 2].map(() => 255 * level(x)).concat(255), 4 * i));
  pen.putImageData(image, 0, 0);
  return canvas;
}

const wrapped = (i) => ((i % n) + n) % n;

// From a drawing, the next example is the one that was chosen last.
let latest = 0;

const chooseNext = (by) => chooseExample(state.example === null ? latest : wrapped(state.example + by));

function chooseExample(i) {
  latest = wrapped(i);
  choose(latest);
  noteExample();
}

const chooseAny = () => chooseNext(1 + Math.floor(Math.random() * (n - 1)));

// The class of desired outputs by its name; null where they are no classes.
function className(y) {
  const right = y === null ? null : classOf(y);
  if (right === null) return null;
  return outputs === 1 ? String(right) : network.labels[right];
}

// The outputs that examples of a class should have.
function desiredOutputs(right) {
  const i = ofEach.indexOf(right);
  const [low, high] = [Math.min(...Y.subarray(0, outputs)), Math.max(...Y.subarray(0, outputs))];
  if (i < 0) return Float64Array.from({ length: outputs }, (_, j) => (j === right ? high : low));
  return Y.slice(i * outputs, (i + 1) * outputs);
}

// The least and the greatest number of the examples' inputs.
const inputRange = (() => {
  let range = null;
  return () => (range ??= X.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [Infinity, -Infinity]));
})();

function showChoice() {
  latest = state.example ?? latest;
  const drawn = network.image === null ? "your input" : "your drawing";
  setText($("which"), state.example === null ? drawn : `example ${state.example}`);
  showSliders();
  const chosen = state.y === null ? null : classOf(state.y);
  $("class").value = chosen === null ? "" : String(chosen);
}

// -- pictures ----------------------------------------------------------------------------------

let firstThumb = null;

function showThumbs() {
  const list = $("thumbs");
  if (list.hidden) return;
  const first = Math.floor(latest / THUMBS) * THUMBS;
  if (first !== firstThumb) {
    firstThumb = first;
    const count = Math.min(THUMBS, n - first);
    list.replaceChildren(...Array.from({ length: count }, (_, k) => thumb(first + k)));
  }
  [...list.children].forEach((option, k) => {
    setState(option, "aria-selected", state.example === first + k);
    setState(option, "tabindex", first + k === latest ? 0 : -1);
  });
}

function thumb(i) {
  const option = element("div", { className: "thumb", role: "option" });
  const picture = pictureOf(X.subarray(i * inputs, (i + 1) * inputs));
  const right = className(Y.subarray(i * outputs, (i + 1) * outputs));
  option.setAttribute("aria-label", right === null ? `example ${i}` : `example ${i}, ${right}`);
  option.append(element("img", { src: picture.toDataURL(), alt: "" })); // a canvas is a layer of the screen, in each frame
  option.addEventListener("click", () => chooseExample(i));
  return option;
}

// Arrows go along the pictures, as in any list.
function onThumbKey(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  chooseNext(by);
  showThumbs();
  $("thumbs").querySelector("[tabindex='0']").focus();
}

// -- numbers -----------------------------------------------------------------------------------

function makeSliders() {
  const place = $("values");
  place.hidden = false;
  const [low, high] = inputRange();
  for (let i = 0; i < inputs; i += 1) {
    const label = element("label", { className: "value" });
    const slider = element("input", { type: "range", min: low, max: high, step: (high - low) / 100 });
    const name = symbol("x", String(i + 1));
    slider.setAttribute("aria-label", `input ${i + 1}`);
    slider.addEventListener("input", () => {
      const x = Float64Array.from(state.x);
      x[i] = slider.valueAsNumber;
      setInput(x);
    });
    leaveKeys(slider);
    label.append(name, slider, element("output", {}));
    place.append(label);
  }
}

function showSliders() {
  [...$("values").children].forEach((label, i) => {
    const slider = label.querySelector("input");
    if (document.activeElement !== slider) slider.value = state.x[i];
    setState(slider, "aria-valuetext", number(state.x[i]));
    setText(label.querySelector("output"), number(state.x[i]));
  });
}

function prepareExamples() {
  $("before").addEventListener("click", () => chooseNext(-1));
  $("after").addEventListener("click", () => chooseNext(1));
  $("random").addEventListener("click", chooseAny);
  $("random").disabled = n < 2;
  $("thumbs").hidden = network.image === null;
  $("thumbs").addEventListener("keydown", onThumbKey);
  if (network.image === null && inputs <= MOST_SLIDERS && !isPlanar) makeSliders();
  const isClassified = data.classes !== null && outputs > 1;
  $("desired").hidden = !isClassified;
  if (isClassified) {
    $("class").append(element("option", { value: "", textContent: "?" }));
    network.labels.forEach((textContent, i) => $("class").append(element("option", { value: String(i), textContent })));
    leaveKeysOfList($("class"));
    $("class").addEventListener("change", () => setDesired($("class").value === "" ? null : desiredOutputs(Number($("class").value))));
  }
  on("input", showChoice);
  later("input", showThumbs);
}
