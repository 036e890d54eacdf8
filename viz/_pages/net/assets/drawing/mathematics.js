// Letters with raised and lowered signs, as MathML.

function mathml(name, ...children) {
  const part = document.createElementNS("http://www.w3.org/1998/Math/MathML", name);
  part.append(...children);
  return part;
}

// A letter; "" where nothing is raised or lowered.
function symbol(letter, lowered = "", raised = "") {
  const parts = [mathml("mi", letter)];
  if (lowered !== "") parts.push(mathml("mn", lowered));
  if (raised !== "") parts.push(mathml("mn", raised));
  const form = lowered === "" ? (raised === "" ? "mrow" : "msup") : raised === "" ? "msub" : "msubsup";
  return mathml("math", mathml(form, ...parts));
}
