// On paper, every step with its picture on a page of its own.

const SHEET = { width: 1020, height: 470 }; // px that the picture may take on A4 across

function sheet(step) {
  state.step = step;
  show();
  const page = document.createElement("section");
  page.className = "sheet";
  const head = document.createElement("div");
  head.className = "head";
  head.append(Object.assign(document.createElement("span"), { textContent: document.title }));
  head.append(Object.assign(document.createElement("span"), { textContent: `${step} / ${last}` }));
  const stage = $("stage").cloneNode(true);
  const { width, height } = stage.dataset;
  const factor = Math.min(SHEET.width / width, SHEET.height / height);
  stage.style.transform = `scale(${factor})`;
  stage.style.marginBottom = `${-height * (1 - factor)}px`;
  for (const input of stage.querySelectorAll("input.value")) {
    const text = document.createElement("span");
    text.className = input.className;
    text.textContent = $(input.closest(".box").id).querySelector("input.value").value;
    input.replaceWith(text);
  }
  stage.querySelectorAll("input").forEach((input) => input.remove());
  page.append(head, stage, $(`step${step}`).cloneNode(true));
  page.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
  return page;
}

function layOutPaper() {
  clearPaper();
  const { step } = state;
  const paper = document.createElement("div");
  paper.className = "paper";
  data.steps.forEach((_, i) => paper.append(sheet(i)));
  state.step = step;
  show();
  document.body.append(paper);
}

function clearPaper() {
  document.querySelector(".paper")?.remove();
}

function preparePrinting() {
  addEventListener("beforeprint", layOutPaper);
  addEventListener("afterprint", clearPaper);
}
