// The result in a corner, as long as a leaf is moved and the box of the result is out of sight.

const root = () => $(data.boxes.at(-1).id);

function isInSight(box) {
  const [frame, spot] = [$("frame"), box].map((element) => element.getBoundingClientRect());
  const across = spot.left >= frame.left - 1 && spot.right <= frame.right + 1;
  return across && spot.top >= frame.top - 1 && spot.bottom <= frame.bottom + 1;
}

const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function showDock() {
  const dock = $("dock");
  const needed = measured() !== null && !isInSight(root());
  dock.hidden = !needed;
  if (!needed) return;
  const copy = root().cloneNode(true);
  copy.querySelectorAll("[id]").forEach((named) => named.removeAttribute("id"));
  copy.removeAttribute("id");
  copy.style.cssText = `width:${root().offsetWidth}px;height:${root().offsetHeight}px`;
  dock.replaceChildren(copy);
  const factor = Number($("stage").dataset.scale);
  dock.style.transform = `scale(${factor})`;
  dock.style.width = `${root().offsetWidth}px`;
  dock.style.height = `${root().offsetHeight}px`;
  const leaf = $(state.nudge.box.id).getBoundingClientRect();
  const corners = ["right top", "right bottom", "left bottom", "left top"];
  dock.className = corners.find((corner) => {
    dock.className = corner;
    return !overlap(dock.getBoundingClientRect(), leaf);
  });
}

function prepareDock() {
  $("frame").addEventListener("scroll", showDock);
}
