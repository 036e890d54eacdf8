// How large the picture is drawn, and which part of it is in sight.

const READABLE = 0.69; // below this scale nobody reads the formulas
const PROJECTED = { least: 1.1, most: 2.2 };
const GLANCE = 0.2; // the first and the last step show it whole, if it can be made out at all
const AROUND = 16; // px, around the subject of a step

const still = matchMedia("(prefers-reduced-motion: reduce)");

// The rectangle that holds a box, or an edge's label and both its ends; null for a step about everything.
function extent({ boxes, links }) {
  const things = [...boxes, ...(boxes.length === 1 ? [] : links.map((i) => `slope${i}`))].map($);
  if (things.length === 0) return null;
  const span = (start, size) => {
    const from = Math.min(...things.map((thing) => thing[start]));
    const to = Math.max(...things.map((thing) => thing[start] + thing[size]));
    return { middle: (from + to) / 2, length: to - from + 2 * AROUND };
  };
  return { across: span("offsetLeft", "offsetWidth"), down: span("offsetTop", "offsetHeight") };
}

// One scale for all steps, so that nothing jumps: the largest at which each that can be shown whole is.
function projected({ clientWidth, clientHeight }) {
  const fits = data.steps
    .map(extent)
    .filter((place) => place !== null)
    .map(({ across, down }) => Math.min(clientWidth / across.length, clientHeight / down.length))
    .filter((fit) => fit >= PROJECTED.least);
  return fits.length > 0 ? Math.min(PROJECTED.most, ...fits) : PROJECTED.least;
}

function scale(frame) {
  const { width, height } = $("stage").dataset;
  const whole = Math.min(frame.clientWidth / width, frame.clientHeight / height, 1.5);
  const near = "projector" in document.documentElement.dataset ? projected(frame) : READABLE;
  return Math.max(whole, state.step === 0 || state.step === last ? GLANCE : near);
}

// What to have in the middle: of an edge too long for the frame, its label.
function sight(frame, factor) {
  const { boxes, links } = data.steps[state.step];
  const whole = extent({ boxes, links });
  if (whole === null) return null;
  const fits = whole.across.length * factor <= frame.clientWidth && whole.down.length * factor <= frame.clientHeight;
  return fits || boxes.length === 1 ? whole : extent({ boxes: [], links });
}

function look() {
  const [frame, room, stage] = [$("frame"), $("room"), $("stage")];
  const factor = scale(frame);
  room.style.width = `${Math.floor(stage.dataset.width * factor)}px`;
  room.style.height = `${Math.floor(stage.dataset.height * factor)}px`;
  // Room on both sides of a picture that is smaller than its frame.
  room.style.marginBlock = `${Math.max(0, Math.floor((frame.clientHeight - stage.dataset.height * factor) / 2))}px`;
  stage.style.transform = `scale(${factor})`;
  const subject = sight(frame, factor);
  if (subject === null) return;
  frame.scrollTo({
    left: subject.across.middle * factor - frame.clientWidth / 2,
    top: subject.down.middle * factor - frame.clientHeight / 2,
    behavior: still.matches ? "auto" : "smooth",
  });
}
