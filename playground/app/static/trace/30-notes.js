// Notes in the margin: marks, candidate answers, and what a model would have answered.

const MARKS = {
  backtrack: ["⟲", "backtrack"],
  verify: ["✓?", "verify"],
  restate: ["≡", "restate"],
  uncertain: ["?", "uncertain"],
};

function showNotes(news) {
  for (const note of news.notes) {
    const place = drawn.rows[note.row] ?? drawn.tail;
    const margin = place.made.querySelector(".margin");
    if (note.kind === "candidate") margin.append(candidate(note, "candidate"));
    else if (note.kind === "probe") margin.append(candidate(note, "candidate probe"));
    else if (note.kind === "follows") margin.append(make("span", "shift follows", "follows the steer"));
    else if (note.kind === "returns") margin.append(make("span", "shift returns", `↩ left the steer ${note.text}`));
    else addMark(margin, note);
    place.made.classList.add(`has-${note.kind}`);
    drawn.notes += 1;
  }
}

// Several marks of one kind in a step share a place.
function addMark(margin, note) {
  const [sign, name] = MARKS[note.kind];
  let made = margin.querySelector(`.mark.${note.kind}`);
  if (!made) {
    made = make("span", `mark ${note.kind}`);
    made.append(make("b", "", `${sign} ${name}`));
    margin.append(made);
  }
  made.append(make("small", "", note.text));
  made.title = [...made.querySelectorAll("small")].map((why) => why.textContent).join(" ");
}

function candidate(note, className) {
  const sign = note.right == null ? "" : note.right ? " ✓" : " ✗";
  const made = make("span", `${className} ${note.right ? "right" : note.right === false ? "off" : ""}`, note.text + sign);
  const said = note.right == null ? "" : note.right ? ", the correct answer" : ", not the correct answer";
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", `candidate ${note.text}${said}`);
  return made;
}
