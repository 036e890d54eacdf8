// The result in a corner, as long as a leaf is moved and the box of the result is out of sight.

const resultBox = () => $(data.boxes.at(-1).id);

function isInSight(box) {
  const [frame, spot] = [$("frame"), box].map((element) => element.getBoundingClientRect());
  const across = spot.left >= frame.left - 1 && spot.right <= frame.right + 1;
  return across && spot.top >= frame.top - 1 && spot.bottom <= frame.bottom + 1;
}

const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

// Whether it is needed, and in which corner: the first that leaves the moved leaf in sight. Measuring the page
// takes time, so a leaf that is dragged on only changes the numbers in it.
function placeDock() {
  const dock = $("dock");
  dock.hidden = state.nudge === null || !isComputed(data.boxes.at(-1)) || isInSight(resultBox());
  if (dock.hidden) return;
  const copy = resultBox().cloneNode(true);
  copy.removeAttribute("id");
  const [width, height] = [`${resultBox().offsetWidth}px`, `${resultBox().offsetHeight}px`];
  copy.style.cssText = `width: ${width}; height: ${height}`;
  Object.assign(dock.style, { width, height, transform: `scale(${$("stage").dataset.scale})` });
  dock.replaceChildren(copy);
  const leaf = $(state.nudge.box.id).getBoundingClientRect();
  for (const corner of ["right top", "right bottom", "left bottom", "left top"]) {
    dock.className = corner;
    if (!overlap(dock.getBoundingClientRect(), leaf)) break;
  }
}

function showDock() {
  const dock = $("dock");
  dock.hidden ||= state.nudge === null;
  if (dock.hidden) return;
  const copy = dock.firstElementChild;
  for (const part of [".value", ".gradient", ".word"]) {
    const shown = resultBox().querySelectorAll(part);
    copy.querySelectorAll(part).forEach((element, i) => {
      element.textContent = shown[i].textContent;
    });
  }
  const [axis, shown] = [copy, resultBox()].map((box) => box.querySelector(".axis"));
  axis.className = shown.className;
  axis.style.cssText = shown.style.cssText;
  axis.querySelectorAll(".end").forEach((end, i) => {
    end.textContent = shown.querySelectorAll(".end")[i].textContent;
  });
}

function prepareDock() {
  $("frame").addEventListener("scroll", placeDock);
}
