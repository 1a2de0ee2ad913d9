// Draws the value of playground/app/view.py. Rows and notes are only ever added under one `drawing`, so an update
// touches what is new and the row that is being written. All text is set as text, never as HTML.

const trace = element.querySelector(".trace");
const rows = trace.querySelector(".rows");
const legend = trace.querySelector(".legend");
const MARKS = {
  backtrack: ["⟲", "backtrack"],
  verify: ["✓?", "verify"],
  restate: ["≡", "restate"],
  uncertain: ["?", "uncertain"],
};
const ENDINGS = {
  correct: ["✓", "Correct"],
  wrong: ["✗", "Wrong"],
  no_answer: ["∅", "No answer"],
  truncated: ["…", "Truncated"],
  answer: ["=", "Finished"],
  stopped: ["■", "Stopped"],
  failed: ["!", "Failed"],
};
let drawn = { drawing: "", rows: [], notes: 0, tail: null };
let recordUrl = null;

function make(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function scroller() {
  const own = getComputedStyle(trace).overflowY === "auto";
  return own ? trace : document.scrollingElement;
}

function clear(value) {
  rows.replaceChildren();
  legend.replaceChildren(...value.writers.map(writerItem));
  trace.querySelector(".question").textContent = value.question ?? "";
  trace.querySelector(".gold").hidden = value.gold == null;
  trace.querySelector(".gold b").textContent = value.gold ?? "";
  drawn = { drawing: value.drawing, rows: [], notes: 0, tail: null, writers: value.writers };
}

function writerItem(writer) {
  const item = make("li", `writer writer-${writer.letter}`);
  item.append(make("i", "bar"), make("b", "letter", writer.letter), make("span", "name", writer.name));
  item.append(make("span", "pace"));
  return item;
}

function showLegend(value) {
  value.writers.forEach((writer, place) => {
    const item = legend.children[place];
    const rate = writer.rate == null ? "" : ` · ${writer.rate.toLocaleString("en")} tok/s`;
    item.querySelector(".pace").textContent = `${writer.tokens.toLocaleString("en")} tokens${rate}`;
    item.classList.toggle("writing", writer.writing && value.status === "running");
  });
}

function line(className, ...parts) {
  const made = make("div", `line ${className}`);
  made.append(...parts);
  return made;
}

function addRow(row, before) {
  const writer = drawn.writers[row.writer];
  if (row.passed_by != null) {
    const who = make("b", "", `${writer.letter} takes over`);
    rows.append(line(`turn writer-${writer.letter}`, who, make("span", "", row.passed_by)));
  }
  if (row.kind === "answer" && before?.kind !== "answer") {
    rows.append(line("boundary", make("b", "", "thinking ends"), make("span", "", "answer")));
  }
  const made = make("article", `step writer-${writer.letter} ${row.kind}`);
  const number = make("span", "number", row.number ?? "");
  const bar = make("i", "bar");
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `written by ${writer.letter}, ${writer.name}`);
  made.append(number, bar, make("p", "text"), make("aside", "margin"));
  rows.append(made);
  setText(made, row);
  return { ...row, made };
}

// Blank lines around a row's text stay in the document, so that it holds the exact trajectory, but take no room.
function setText(made, row) {
  const body = row.text.trim();
  const start = row.text.length - row.text.trimStart().length;
  const lead = make("span", "blank", row.text.slice(0, start));
  const end = make("span", "blank", row.text.slice(start + body.length));
  made.querySelector(".text").replaceChildren(lead, document.createTextNode(body), end);
  made.classList.toggle("blank-row", !body);
  made.querySelector(".number").textContent = body ? row.number ?? "" : "";
}

function showRows(value) {
  const added = value.rows.slice(drawn.rows.length);
  for (const row of value.tail ? [...added, value.tail] : added) {
    const shown = drawn.tail ?? addRow(row, drawn.rows.at(-1));
    if (shown.text !== row.text) setText(shown.made, row);
    const now = { ...row, made: shown.made };
    drawn.tail = row === value.tail ? now : null;
    if (!drawn.tail) drawn.rows.push(now);
    const writing = drawn.tail !== null && value.status === "running";
    now.made.classList.toggle("tail", writing);
    now.made.setAttribute("aria-hidden", writing); // a screen reader hears the step when it is complete
  }
}

function showNotes(value) {
  for (; drawn.notes < value.notes.length; drawn.notes += 1) {
    const note = value.notes[drawn.notes];
    const place = drawn.rows[note.row] ?? drawn.tail;
    if (!place) return;
    const margin = place.made.querySelector(".margin");
    if (note.kind === "candidate") margin.append(candidate(note));
    else addMark(margin, note);
    place.made.classList.add(`has-${note.kind}`);
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
}

function candidate(note) {
  const sign = note.right == null ? "" : note.right ? " ✓" : " ✗";
  const made = make("span", `candidate ${note.right ? "right" : note.right === false ? "off" : ""}`, note.text + sign);
  const said = note.right == null ? "" : note.right ? ", the correct answer" : ", not the correct answer";
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", `candidate ${note.text}${said}`);
  return made;
}

function showEnding(value) {
  const ending = value.ending;
  if (!ending) return;
  const [sign, name] = ENDINGS[ending.outcome] ?? ["", ending.outcome.replaceAll("_", " ")];
  const foot = trace.querySelector(".ending");
  foot.dataset.outcome = ending.outcome;
  foot.querySelector(".sign").textContent = sign;
  const told = [
    ending.answer == null ? "" : `answer ${ending.answer}`,
    ending.gold == null || ending.outcome === "correct" ? "" : `correct answer ${ending.gold}`,
    ending.outcome === "correct" || ending.outcome === "wrong" ? "" : ending.why,
  ];
  foot.querySelector(".outcome").textContent = name;
  foot.querySelector(".why").textContent = told.filter(Boolean).join(" · ");
  if (recordUrl) URL.revokeObjectURL(recordUrl);
  recordUrl = URL.createObjectURL(new Blob([value.record], { type: "application/json" }));
  foot.querySelector(".record").href = recordUrl;
}

function draw() {
  const value = props.value;
  const scrolled = scroller();
  const follows = scrolled.scrollHeight - scrolled.scrollTop - scrolled.clientHeight < 80;
  if (value.drawing !== drawn.drawing) clear(value);
  trace.dataset.status = value.status;
  showRows(value);
  showNotes(value);
  showLegend(value);
  showEnding(value);
  if (follows && value.status !== "empty") scrolled.scrollTop = scrolled.scrollHeight;
}

watch("value", draw);
draw();
