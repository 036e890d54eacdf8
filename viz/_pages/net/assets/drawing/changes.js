// Changes of the page's elements that are none cost nothing: a browser lays out again whatever is set, the same too.

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setStyle(element, name, value) {
  const text = String(value);
  if (element.style.getPropertyValue(name) !== text) element.style.setProperty(name, text);
}

function setState(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

// Has an element these children; of those that it has already, the old ones stay.
function setChildren(parent, ...children) {
  if (parent.childNodes.length !== children.length) {
    parent.replaceChildren(...children);
    return;
  }
  children.forEach((child, i) => {
    const old = parent.childNodes[i];
    if (typeof child === "string") {
      if (old.nodeType !== Node.TEXT_NODE) old.replaceWith(child);
      else if (old.data !== child) old.data = child;
    } else if (!old.isEqualNode(child)) old.replaceWith(child);
  });
}
