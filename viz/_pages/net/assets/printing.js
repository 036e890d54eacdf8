// On paper: the page as it is, as wide as a sheet and in the light colours.

function preparePrinting() {
  let theme = null;
  const redraw = () => {
    document.dispatchEvent(new Event("modes"));
    placeColumns();
    emit(...EVENTS);
    draw();
    drawRest();
  };
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    Object.assign(root.dataset, { theme: "light", printed: "" });
    redraw();
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    delete root.dataset.printed;
    redraw();
  });
}
