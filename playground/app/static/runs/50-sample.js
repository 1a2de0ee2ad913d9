// One sample, or two of the same question side by side: the trace as the relay page draws it, with what is known of it.

const MARKS = { backtrack: "⟲ backtrack", verify: "✓? verify", restate: "≡ restate", uncertain: "? uncertain" };

function noteOf(note) {
  if (note.kind === "candidate") {
    const sign = note.right == null ? "" : note.right ? " ✓" : " ✗";
    return make("span", `candidate ${note.right ? "right" : note.right === false ? "off" : ""}`, note.text + sign);
  }
  const made = make("span", `mark ${note.kind}`);
  made.append(make("b", "", MARKS[note.kind] ?? note.kind), make("small", "", note.text));
  return made;
}

function stepOf(found, row, place) {
  const writer = found.writers[row.writer];
  const style = "AS".includes(writer.letter) ? `writer-${writer.letter}` : "writer-other";
  const made = make("article", `step ${style} ${row.kind}`);
  const bar = make("i", "bar");
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `written by ${writer.name}`);
  const margin = make("aside", "margin");
  for (const note of found.notes.filter((note) => note.row === place)) {
    margin.append(noteOf(note));
    made.classList.add(`has-${note.kind}`);
  }
  made.append(make("span", "number", row.number ?? ""), bar, make("p", "text", row.text.replace(/^\n+|\s+$/g, "")), margin);
  return made;
}

function boundary(label, text) {
  const made = make("div", "line boundary");
  made.append(make("b", "", label), make("span", "", text));
  return made;
}

function traceOf(found) {
  const made = make("div", "trace-of");
  let before = null;
  let cut = found.cut === 0;
  found.rows.forEach((row, place) => {
    if (!row.text.trim()) return;
    if (!cut && row.start >= found.cut) {
      cut = true;
      made.append(boundary("the cut", "the model goes on"));
    }
    if (row.kind === "answer" && before?.kind !== "answer") made.append(boundary("thinking ends", "answer"));
    made.append(stepOf(found, row, place));
    before = row;
  });
  if (!before) made.append(make("p", "dim", "It wrote nothing."));
  return made;
}

function told(found) {
  const made = make("div", "ending");
  made.dataset.outcome = found.verdict;
  const answer = found.extracted == null ? "" : `answer ${found.extracted}`;
  const gold = found.verdict === "correct" ? "" : `correct answer ${found.gold}`;
  made.append(verdict(found.verdict), make("span", "why", [answer, gold, found.why].filter(Boolean).join(" · ")));
  if (found.decision) {
    const { outcome, author, reason, created } = found.decision;
    made.append(make("span", "decided", `${author} says ${VERDICTS[outcome][1]}: ${reason} (${created.slice(0, 10)})`));
  }
  return made;
}

function conditionOf(found) {
  const { test, own, steer, author, steer_question: from, variant } = found.condition;
  if (test === "solo") return "alone";
  const what = test === "guidability" ? `guided by the first ${percent(steer)} of ${author}` : `after ${percent(own)} of its own thinking, ${percent(steer)} of ${author} on ${from}`;
  return `${test} · ${what}${variant === "own" ? "" : ` · ${variant}`}`;
}

function column(found) {
  const made = make("section", "sample-column");
  made.setAttribute("aria-label", `Sample of ${found.writers[0]?.name ?? ""}`);
  made.append(
    make("h3", "", found.line?.model ?? ""),
    make("p", "dim", `${conditionOf(found)} · sample ${found.line?.number ?? ""}`),
    told(found),
    traceOf(found),
    folded("Exact prompt and how it was written", false, card(found.facts), make("pre", "prompt", found.prompt)),
  );
  return made;
}

// `model` `test` `position` say what stands beside what.
function besideChoice(found) {
  const label = (line) => {
    const where = line.test === "solo" ? "" : ` · ${percent(line.position)} + ${percent(line.length)} ${line.author}`;
    return `${line.model} · ${VERDICTS[line.verdict]?.[0] ?? ""} sample ${line.number}${where}`;
  };
  const options = [["", "nothing"], ...found.beside.map((line) => [line.trial, label(line)])];
  return field("Beside it", select("beside", options, at.beside, (value) => go({ beside: value })));
}

let reading = 0;

async function showSample() {
  const mine = (reading += 1);
  const asked = [at.sample, at.beside].filter(Boolean).map((sample) => ask("sample", { run: at.run, sample }));
  const found = (await Promise.all(asked)).filter(Boolean);
  if (mine !== reading) return;
  if (!found.length) return samplePlace.replaceChildren(link("← All samples", { sample: "", beside: "" }));
  const pair = make("div", found.length > 1 ? "pair" : "");
  pair.append(...found.map(column));
  const asking = make("header", "asked");
  asking.append(make("p", "question", found[0].question), make("p", "gold", `correct answer ${found[0].gold} · ${found[0].question_id}`));
  samplePlace.replaceChildren(link("← All samples", { sample: "", beside: "" }), asking, tools(found[0]), pair);
}
