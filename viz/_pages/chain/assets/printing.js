// On paper, a handout: on each sheet a picture, and under it several steps with their arithmetic.
//
// The picture is as it is after the last of them. One that would be too small to read is cut: a sheet shows the
// part of it that its steps are about.

const SHEET = { width: 1045, height: 712 }; // px, a little less than print.css gives a sheet
const HEAD = 34; // px, for the title
const LEAST = 0.55; // the scale at which type of 20 px is 8 points high
const STEPS = 0.3; // of a sheet, at least, for the steps
const PICTURE = 0.35; // of a sheet, at least, for the picture, where it is cut

// One step as a line of the handout.
function printedStep(step) {
  state.step = step;
  show();
  const line = $(`step${step}`).cloneNode(true);
  line.removeAttribute("id");
  line.firstElementChild.prepend(element("b", { textContent: String(step) }), " ");
  return line;
}

// The parts of the picture outside of a window, which cost the printer as much time as others.
function outside({ left, top, right, bottom }) {
  const places = [...document.querySelectorAll("#stage > .box, #stage > .slope, .edge")].map((thing) => {
    const { x, y, width, height } = thing.getBBox?.() ?? {
      x: thing.offsetLeft,
      y: thing.offsetTop,
      width: thing.offsetWidth,
      height: thing.offsetHeight,
    };
    return [thing.id, x + width < left || x > right || y + height < top || y > bottom];
  });
  return places.filter(([, isOutside]) => isOutside).map(([id]) => id);
}

function printedStage(steps, window) {
  state.step = steps.at(-1);
  show();
  const unseen = outside(window);
  const stage = $("stage").cloneNode(true);
  for (const id of unseen) stage.querySelector(`#${id}`).remove();
  for (const input of stage.querySelectorAll("input.value")) {
    const textContent = $(input.closest(".box").id).querySelector("input.value").value;
    input.replaceWith(element("span", { className: input.className, textContent }));
  }
  for (const { boxes, links } of steps.map((step) => data.steps[step])) {
    for (const id of [...boxes, ...links.flatMap((i) => [`edge${i}`, `slope${i}`])]) {
      stage.querySelector(`#${id}`)?.classList.add("now");
    }
  }
  stage.querySelectorAll("input, .slope:not(.known), .drawer").forEach((hidden) => hidden.remove());
  stage.querySelectorAll("[id]").forEach((named) => named.removeAttribute("id"));
  stage.removeAttribute("id");
  return stage;
}

// Both places in one, as those of `extent`.
function united(a, b) {
  if (a === null || b === null) return a ?? b;
  const span = (one, other) => {
    const [from, to] = [Math.min(one.from, other.from), Math.max(one.to, other.to)];
    return { from, to, middle: (from + to) / 2, length: to - from + 2 * AROUND };
  };
  return { across: span(a.across, b.across), down: span(a.down, b.down) };
}

// The part of the picture that a sheet shows: where the picture begins, so that its subject is in the middle.
function beginAt(length, room, middle) {
  return length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, room / 2 - middle));
}

// The width and height that a place takes on a sheet; the whole picture has no more around it.
function taken(place, factor) {
  if (place === null) return { across: 0, down: 0 };
  const { width, height } = $("stage").dataset;
  return {
    across: Math.min(place.across.length, width) * factor,
    down: Math.min(place.down.length, height) * factor,
  };
}

// The sheets, each with its steps, their place, and the height of its picture: as many steps as there is room
// for beside the part of the picture that they are about, and at least the least of it.
function onSheets(heights, least, factor) {
  const room = SHEET.height - HEAD;
  const sheets = [];
  data.steps.forEach((step, i) => {
    const before = sheets.at(-1) ?? { place: null, used: Infinity };
    const place = united(before.place, extent(step));
    const { across, down } = taken(place, factor);
    const fits = across <= SHEET.width + 1 && before.used + heights[i] + Math.max(least, down) <= room + 1;
    if (fits) Object.assign(before, { place, used: before.used + heights[i] });
    else sheets.push({ steps: [], place: extent(step), used: heights[i] });
    sheets.at(-1).steps.push(i);
  });
  const whole = $("stage").dataset.height * factor;
  return sheets.map(({ steps, place, used }) => ({ steps, place, height: Math.min(whole, room - used) }));
}

function layOutPaper() {
  clearPaper();
  const { step } = state;
  const paper = element("div", { className: "paper measured" });
  const lines = data.steps.map((_, i) => printedStep(i));
  paper.append(...lines);
  document.body.append(paper);
  const heights = lines.map((line) => line.offsetHeight);
  const { width, height } = $("stage").dataset;
  const most = SHEET.height - HEAD - Math.max(STEPS * SHEET.height, ...heights);
  const factor = Math.min(1, Math.max(LEAST, Math.min(SHEET.width / width, most / height)));
  const isWhole = width * factor <= SHEET.width && height * factor <= most;
  const sheets = onSheets(heights, isWhole ? height * factor : PICTURE * SHEET.height, factor);
  paper.replaceChildren(
    ...sheets.map(({ steps, place, height: tall }, i) => {
      const head = element("div", { className: "head" });
      for (const textContent of [document.title, `${i + 1} / ${sheets.length}`]) head.append(element("span", { textContent }));
      const middle = place ?? { across: { middle: width / 2 }, down: { middle: height / 2 } };
      const x = beginAt(width * factor, SHEET.width, middle.across.middle * factor);
      const y = beginAt(height * factor, tall, middle.down.middle * factor);
      const [left, top] = [-x / factor, -y / factor];
      const [right, bottom] = [left + SHEET.width / factor, top + tall / factor];
      const stage = printedStage(steps, { left, top, right, bottom });
      const window = element("div", { className: "window" });
      stage.style.transform = `translate(${x}px, ${y}px) scale(${factor})`;
      window.style.height = `${tall}px`;
      window.append(stage);
      const sheet = element("section", { className: "sheet" });
      sheet.append(head, window, ...steps.map((n) => lines[n]));
      return sheet;
    }),
  );
  state.step = step;
  show();
  paper.classList.remove("measured");
}

function clearPaper() {
  document.querySelector(".paper")?.remove();
}

function preparePrinting() {
  addEventListener("beforeprint", layOutPaper);
  addEventListener("afterprint", clearPaper);
}
