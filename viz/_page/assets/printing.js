// On paper, every step with its picture on a page of its own, as large as its arithmetic leaves room for.

const SHEET = { width: 1030, height: 692 }; // px, a little less than print.css gives a sheet

const element = (name, properties) => Object.assign(document.createElement(name), properties);

function sheet(step) {
  state.step = step;
  show();
  const page = element("section", { className: "sheet" });
  const head = element("div", { className: "head" });
  for (const textContent of [document.title, `${step} / ${last}`]) head.append(element("span", { textContent }));
  const stage = $("stage").cloneNode(true);
  for (const input of stage.querySelectorAll("input.value")) {
    const textContent = $(input.closest(".box").id).querySelector("input.value").value;
    input.replaceWith(element("span", { className: input.className, textContent }));
  }
  // What cannot be seen costs the printer time all the same.
  stage.querySelectorAll("input, .slope:not(.known)").forEach((unseen) => unseen.remove());
  page.append(head, stage, $(`step${step}`).cloneNode(true));
  page.querySelectorAll("[id]").forEach((named) => named.removeAttribute("id"));
  return page;
}

function layOutPaper() {
  clearPaper();
  const { step } = state;
  const paper = element("div", { className: "paper measured" });
  data.steps.forEach((_, i) => paper.append(sheet(i)));
  state.step = step;
  show();
  document.body.append(paper);
  const { width, height } = $("stage").dataset;
  const rooms = [...paper.children].map(
    (page) => SHEET.height - page.firstElementChild.offsetHeight - page.lastElementChild.offsetHeight,
  );
  [...paper.querySelectorAll(".stage")].forEach((stage, i) => {
    const factor = Math.min(SHEET.width / width, rooms[i] / height);
    stage.style.transform = `scale(${factor})`;
    stage.style.marginBottom = `${-height * (1 - factor)}px`;
    stage.style.left = `${(SHEET.width - width * factor) / 2}px`;
  });
  paper.classList.remove("measured");
}

function clearPaper() {
  document.querySelector(".paper")?.remove();
}

function preparePrinting() {
  addEventListener("beforeprint", layOutPaper);
  addEventListener("afterprint", clearPaper);
}
