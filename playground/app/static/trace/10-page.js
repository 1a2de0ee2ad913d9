// The page's script, one function: these files in the order of their names. All text is set as text, never as HTML.
// `drawn` is what stands on the page of the value that playground/app/relay/view.py hands out piece by piece.

const trace = element.querySelector(".trace");
const rows = trace.querySelector(".rows");
const legend = trace.querySelector(".legend");
const link = Object.fromEntries(new URLSearchParams(location.search));
const key = kept(sessionStorage, WORK, link.work);

let drawn = { drawing: 0, version: 0, tree: 0, question: "", gold: null, rows: [], tokens: 0, guessed: false, notes: 0, tail: null, writers: [], status: "empty", can: [] };

// Sends what somebody did; what is wrong with it comes back as the notice.
function act(verb, details = {}) {
  trigger("act", { key, visitor, verb, ...details });
}

// The letters of the models that the form has chosen, by their places.
function letters() {
  return ["A", "B", "C", "D"].filter((letter) => document.querySelector(`#model-${letter.toLowerCase()} input`)?.value.replace("–", ""));
}

// The model at a place, where the form has one; A where somebody else wrote.
function modelAt(place) {
  return place < letters().length ? place : 0;
}

function scroller() {
  const own = getComputedStyle(trace).overflowY === "auto";
  return own ? trace : document.scrollingElement;
}
