// How large the picture is drawn, and which part of it is in sight.

const READABLE = 0.62; // below this scale nobody reads the formulas
const PROJECTED = 1.5;
const GLANCE = 0.3; // the first and the last step show it whole, if it can be made out at all

const still = matchMedia("(prefers-reduced-motion: reduce)");

function scale() {
  const { width, height } = $("stage").dataset;
  const frame = $("frame");
  const whole = Math.min(frame.clientWidth / width, frame.clientHeight / height, 1.5);
  const projected = "projector" in document.documentElement.dataset;
  const wanted = state.step === 0 || state.step === last ? GLANCE : projected ? PROJECTED : READABLE;
  return Math.max(whole, wanted);
}

function look() {
  const [frame, room, stage] = [$("frame"), $("room"), $("stage")];
  const factor = scale();
  room.style.width = `${Math.floor(stage.dataset.width * factor)}px`;
  room.style.height = `${Math.floor(stage.dataset.height * factor)}px`;
  // Room on both sides of a picture that is smaller than its frame.
  room.style.marginBlock = `${Math.max(0, Math.floor((frame.clientHeight - stage.dataset.height * factor) / 2))}px`;
  stage.style.transform = `scale(${factor})`;
  const spots = data.steps[state.step].boxes.map((id) => $(id));
  if (spots.length === 0) return;
  const middle = (start, size) =>
    factor * spots.reduce((sum, spot) => sum + spot[start] + spot[size] / 2, 0) / spots.length;
  frame.scrollTo({
    left: middle("offsetLeft", "offsetWidth") - frame.clientWidth / 2,
    top: middle("offsetTop", "offsetHeight") - frame.clientHeight / 2,
    behavior: still.matches ? "auto" : "smooth",
  });
}
