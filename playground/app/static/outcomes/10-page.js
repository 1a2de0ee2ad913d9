// The page of outcomes, one function: these files after the common ones. All text is set as text, never as HTML.

const page = element.querySelector(".outcomes");
const rows = page.querySelector(".arms tbody");
const list = page.querySelector(".samples ol");
const ENDINGS = { ...VERDICTS, answer: ["=", "finished"] };

// A tab keeps its run, and the cut that it came from.
const key = kept(sessionStorage, DRAWN);
let cut = JSON.parse(sessionStorage.getItem(CUT) ?? "null");
let drawn = { run: 0, version: 0, samples: [], arms: [], models: [], chosen: null };

function nameOf(arm) {
  const [writers, steer] = arm.split("+");
  const made = make("span", "who");
  writers.split("-").forEach((letter, place) => {
    if (place) made.append(" → ");
    made.append(make("b", `letter writer-${letter}`, letter));
  });
  if (!writers.includes("-")) made.append(" alone");
  if (steer) made.append(" ", make("span", "steered", "after the steer"));
  return made;
}

function percent(share) {
  return share ? `${Math.round(100 * share.value)} %` : "–";
}

function interval(share) {
  return share ? `[${Math.round(100 * share.low)}, ${Math.round(100 * share.high)}]` : "";
}
