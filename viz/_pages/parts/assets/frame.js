// A page in a frame of another, as on a slide or in a notebook; and its address.

const EMBEDDED = window.parent !== window;

// To the page around this one, which has the keys again.
function leave() {
  if (EMBEDDED) window.parent.postMessage({ chainrule: "leave" }, "*");
}

// Have the address say what is shown: "push" makes an entry of the history, for the back button, and "replace" none.
// In a frame the back button belongs to the page around it.
function noteAddress(words, how) {
  const address = `#${words.join("&")}`;
  try {
    if (how === "push" && !EMBEDDED) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  } catch {
    // A sandboxed frame may not have an address of its own; the page works without.
  }
}

const addressWords = () => location.hash.slice(1).split("&");
