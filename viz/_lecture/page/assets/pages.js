// Pages that are live on their slide: each in a frame, made when its slide is shown first, and kept.

// Pages of one kind have most lines in common, so each line is here once; a page is runs of them.
function documentOf(runs) {
  const lines = [];
  for (let i = 0; i < runs.length; i += 2) lines.push(...data.lines.slice(runs[i], runs[i] + runs[i + 1]));
  return lines.join("\n");
}

function openPages(slide) {
  for (const figure of slide.querySelectorAll("figure.live:not(.framed)")) {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.title = figure.dataset.name;
    frame.srcdoc = documentOf(data.documents[Number(figure.dataset.live)]);
    figure.append(frame);
    figure.classList.add("framed");
  }
}

function enterPage() {
  const frame = slides[at].querySelector("iframe");
  if (frame !== null) frame.focus();
}

// A page hands the keys back, which it asks for when Escape is pressed in it.
function onMessage(event) {
  const frames = [...document.querySelectorAll("iframe")];
  const frame = frames.find((one) => one.contentWindow === event.source);
  if (frame === undefined || event.data?.chainrule !== "leave") return;
  frame.blur();
  $("next").focus();
}
