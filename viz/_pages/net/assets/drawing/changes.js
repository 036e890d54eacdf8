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
