// The page of outcomes, one function: these files after the common ones. All text is set as text, never as HTML.

const page = element.querySelector(".outcomes");
const rows = page.querySelector(".arms tbody");
const list = page.querySelector(".samples ol");
const notice = page.querySelector(".notice");
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

// The answer of the server; null where it says what is wrong, which is told then.
async function ask(name, data) {
  const answer = await server[name](data).catch(() => ({ error: "The server does not answer. Try again." }));
  notice.textContent = answer.error ?? "";
  notice.hidden = !answer.error;
  return answer.error ? null : answer;
}
