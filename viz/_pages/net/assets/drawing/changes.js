// Changes of the page's elements that are none cost nothing: a browser lays out again whatever is set, the same too.

function setText(element, text) {
  if (element.textContent === text) return;
  if (element.firstChild?.nodeType === Node.TEXT_NODE && element.childNodes.length === 1) element.firstChild.data = text;
  else element.textContent = text;
}

function setStyle(element, name, value) {
  const text = String(value);
  if (element.style.getPropertyValue(name) !== text) element.style.setProperty(name, text);
}

function setState(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

// Has an element these children. Where it has such children already, these stay and change their text alone.
function setChildren(parent, ...children) {
  const nodes = children.map((child) => (typeof child === "string" ? document.createTextNode(child) : child));
  if (parent.childNodes.length !== nodes.length) {
    parent.replaceChildren(...nodes);
    return;
  }
  nodes.forEach((node, i) => setNode(parent.childNodes[i], node));
}

function setNode(old, node) {
  if (old.isEqualNode(node)) return;
  if (old.nodeType === Node.TEXT_NODE && node.nodeType === Node.TEXT_NODE) old.data = node.data;
  else if (old.cloneNode().isEqualNode(node.cloneNode())) setChildren(old, ...node.childNodes);
  else old.replaceWith(node);
}
