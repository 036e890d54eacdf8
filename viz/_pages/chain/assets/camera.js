// How large the picture is drawn, and which part of it is in sight.

// On a slide of 1920 px no type is smaller than 20 px; on a smaller screen it is smaller, as far as one reads it.
const SLIDE = 1920;
const SMALLEST = 0.65;
const PROJECTED = { least: 1.25, most: 2.2 }; // times as large
const LARGEST = 1.6;
const AROUND = 16; // px, around the subject of a step

const still = matchMedia("(prefers-reduced-motion: reduce)");

// The rectangle that holds a box, or an edge's label and both its ends; null for a step about everything.
function extent({ boxes, links }) {
  const labels = links.map((i) => $(`slope${i}`)).filter((label) => label !== null);
  const things = [...boxes.map($), ...(boxes.length === 1 ? [] : labels)];
  if (things.length === 0) return null;
  const span = (start, size) => {
    const from = Math.min(...things.map((thing) => thing[start]));
    const to = Math.max(...things.map((thing) => thing[start] + thing[size]));
    return { from, to, middle: (from + to) / 2, length: to - from + 2 * AROUND };
  };
  return { across: span("offsetLeft", "offsetWidth"), down: span("offsetTop", "offsetHeight") };
}

const readable = () => Math.max(SMALLEST, Math.min(1, innerWidth / SLIDE));

function wholeScale({ clientWidth, clientHeight }) {
  const { width, height } = $("stage").dataset;
  return Math.min(clientWidth / width, clientHeight / height);
}

// The size without the projector's larger type around the picture, which leaves less room for it.
function usualScale(frame) {
  const { dataset } = document.documentElement;
  const projected = isProjected();
  if (projected) delete dataset.projector;
  const usual = Math.max(readable(), Math.min(LARGEST, wholeScale(frame)));
  if (projected) dataset.projector = "";
  return usual;
}

// One scale for all steps, so that nothing jumps: the largest at which each that can be shown whole is.
function projectedScale(frame) {
  const usual = usualScale(frame);
  const least = Math.max(usual, readable() * PROJECTED.least);
  const fits = data.steps
    .map(extent)
    .filter((place) => place !== null)
    .map(({ across, down }) => Math.min(frame.clientWidth / across.length, frame.clientHeight / down.length))
    .filter((fit) => fit >= least);
  return Math.max(least, Math.min(PROJECTED.most * readable(), ...fits));
}

function scale(frame) {
  if (state.whole) return Math.min(LARGEST, wholeScale(frame));
  return isProjected() ? projectedScale(frame) : usualScale(frame);
}

// What to have in the middle: of an edge too long for the frame, its label.
function sight(frame, factor) {
  const { boxes, links } = data.steps[state.step];
  const whole = extent({ boxes, links });
  if (whole === null) return null;
  const fits = whole.across.length * factor <= frame.clientWidth && whole.down.length * factor <= frame.clientHeight;
  return fits || boxes.length === 1 ? whole : (extent({ boxes: [], links }) ?? whole);
}

function look() {
  const [frame, room, stage] = [$("frame"), $("room"), $("stage")];
  const factor = scale(frame);
  room.style.width = `${Math.floor(stage.dataset.width * factor)}px`;
  room.style.height = `${Math.floor(stage.dataset.height * factor)}px`;
  // Room on both sides of a picture that is smaller than its frame.
  room.style.marginBlock = `${Math.max(0, Math.floor((frame.clientHeight - stage.dataset.height * factor) / 2))}px`;
  stage.style.transform = `scale(${factor})`;
  stage.dataset.scale = factor;
  $("whole").setAttribute("aria-pressed", String(state.whole));
  const subject = sight(frame, factor);
  if (subject !== null) {
    frame.scrollTo({
      left: subject.across.middle * factor - frame.clientWidth / 2,
      top: subject.down.middle * factor - frame.clientHeight / 2,
      behavior: still.matches ? "auto" : "smooth",
    });
  }
  placeDock();
}
