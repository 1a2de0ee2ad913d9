// Rows: one for each step, or part of a step by one writer. They are only ever added to under one drawing.

const STYLED = "ABCDSP";

function styleOf(writer) {
  return STYLED.includes(writer.letter) ? `writer-${writer.letter}` : "writer-other";
}

function line(className, ...parts) {
  const made = make("div", `line ${className}`);
  made.append(...parts);
  return made;
}

// Rows stand in blocks, so that the browser need not lay out those that are far away.
const BLOCK = 40;

function append(made) {
  let block = rows.lastElementChild;
  if (!block || block.childElementCount >= BLOCK) {
    block = make("div", "block-of-rows");
    rows.append(block);
  }
  block.append(made);
}

function addLines(row, writer, before) {
  if (row.passed_by != null) {
    const who = writer.kind === "model" ? `${writer.letter} takes over` : writer.kind === "steer" ? "Steer" : "You";
    append(line(`turn ${styleOf(writer)}`, make("b", "", who), make("span", "", row.passed_by)));
  }
  if (row.kind === "answer" && before?.kind !== "answer") {
    append(line("boundary", make("b", "", "thinking ends"), make("span", "", "answer")));
  }
}

function addRow(row, before) {
  const writer = drawn.writers[row.writer];
  addLines(row, writer, before);
  const made = make("article", `step ${styleOf(writer)} ${row.kind}`);
  const bar = make("i", "bar");
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `written by ${writer.letter}, ${writer.name}`);
  const text = make("p", "text");
  const body = document.createTextNode("");
  text.append(make("span", "blank"), body, make("span", "blank"));
  made.append(make("span", "number"), bar, text, make("aside", "margin"));
  append(made);
  const shown = { ...row, text: "", made, body };
  made.shown = shown;
  return shown;
}

// Blank lines around a row's text stay in the document, so that it holds the exact trajectory, but take no room.
function addText(shown, text) {
  const [lead, , end] = shown.made.querySelector(".text").childNodes;
  shown.text += text;
  let fresh = text;
  if (!shown.body.data) {
    const visible = fresh.trimStart();
    lead.textContent += fresh.slice(0, fresh.length - visible.length);
    fresh = visible;
  }
  const visible = fresh.trimEnd();
  if (visible) {
    shown.body.appendData(end.textContent + visible);
    end.textContent = "";
  }
  end.textContent += fresh.slice(visible.length);
  shown.made.classList.toggle("blank-row", !shown.body.data);
  shown.made.querySelector(".number").textContent = shown.body.data ? (shown.number ?? "") : "";
}

function showRows(news) {
  for (const row of news.rows) {
    const shown = drawn.tail ?? addRow(row, drawn.rows.at(-1));
    addText(shown, row.text.slice(shown.text.length));
    seal(shown, row);
    drawn.rows.push(shown);
    drawn.tail = null;
  }
  if (!news.tail) return;
  drawn.tail ??= addRow(news.tail, drawn.rows.at(-1));
  if (news.tail.text) addText(drawn.tail, news.tail.text);
  drawn.tail.end = news.tail.end;
  const writing = news.status === "running";
  if (drawn.tail.writing === writing) return;
  drawn.tail.writing = writing;
  drawn.tail.made.classList.toggle("tail", writing);
  drawn.tail.made.setAttribute("aria-hidden", writing); // a screen reader hears the step when it is complete
}

// What is counted where the tokens are not known.
function wordsIn(text) {
  return text.match(/\S+/g)?.length ?? 0;
}

function seal(shown, row) {
  shown.end = row.end;
  shown.bits = row.bits;
  shown.first = drawn.tokens;
  drawn.tokens += row.tokens ?? wordsIn(shown.text);
  drawn.guessed ||= row.tokens == null && Boolean(shown.body.data);
  shown.next = drawn.tokens;
  if (trace.classList.contains("shaded")) inSight.observe(shown.made);
  if (trace.classList.contains("typeset")) formulasInSight.observe(shown.made);
  shown.made.classList.remove("tail");
  shown.made.setAttribute("aria-hidden", false);
}
