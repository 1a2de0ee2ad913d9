// The samples that the filters leave, a page at a time. A row leads to its sample.

const HEAD = [
  ["Outcome"],
  ["Model", "name"],
  ["Test"],
  ["Question", "name"],
  ["Position", "number"],
  ["Length", "number"],
  ["Steer by", "name"],
  ["Tokens", "number"],
  ["⟲", "number"],
  ["Answer", "answer"],
];

function outcomeOf(line) {
  const made = make("span", "verdicts");
  made.append(verdict(line.verdict));
  if (line.opinion && line.opinion !== line.verdict) made.append(make("small", "", `judge: ${VERDICTS[line.opinion]?.[1] ?? line.opinion}`));
  if (line.decision) made.append(make("small", "decision", `person: ${VERDICTS[line.decision][1]}`));
  return made;
}

function link(label, changes) {
  const made = make("a", "", label);
  const next = new URLSearchParams(Object.entries({ ...at, ...changes }).filter(([, value]) => value !== ""));
  made.href = `?${next}`;
  made.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(changes);
  });
  return made;
}

function cells(line, changes) {
  const alone = line.test === "solo";
  const variant = line.variant === "own" ? "" : ` · ${line.variant}`;
  return [
    outcomeOf(line),
    line.model,
    `${TEST_NAMES[line.test] ?? line.test}${variant}`,
    link(`${line.question} · ${line.number}`, changes),
    alone || line.test === "guidability" ? "" : percent(line.position),
    alone ? "" : percent(line.length),
    line.author,
    line.tokens.toLocaleString("en"),
    line.backtracks == null ? "–" : line.backtracks ? String(line.backtracks) : "",
    line.answer ?? "",
  ];
}

function pager(found) {
  const made = make("div", "pager");
  const last = Math.min(found.total, found.start + found.lines.length);
  const range = found.total ? `${(found.start + 1).toLocaleString("en")}–${last.toLocaleString("en")} of ${found.total.toLocaleString("en")}` : "0";
  const before = button("Previous", "", () => go({ start: String(Math.max(0, found.start - found.count)) }));
  const after = button("Next", "", () => go({ start: String(found.start + found.count) }));
  before.disabled = found.start === 0;
  after.disabled = last >= found.total;
  made.append(make("span", "", `${range} samples`), before, after);
  return made;
}

let listing = 0;

async function showList() {
  const mine = (listing += 1);
  samplesPlace.setAttribute("aria-busy", "true");
  const found = await ask("samples", { run: at.run, start: Math.max(0, Math.trunc(Number(at.start)) || 0), query: query() });
  if (mine !== listing) return;
  samplesPlace.setAttribute("aria-busy", "false");
  if (!found) return;
  if (found.total && !found.lines.length) return go({ start: "" }, true); // a link to a page that is no longer there
  if (!found.total) {
    samplesPlace.replaceChildren(make("p", "dim none", "No sample matches. Clear a filter to see more."));
    return;
  }
  const rows = found.lines.map((line) => cells(line, { sample: line.trial, beside: "" }));
  samplesPlace.replaceChildren(pager(found), wide(table(HEAD, rows, "list")));
}

samplesPlace.addEventListener("click", (event) => {
  const row = event.target.closest("tbody tr");
  if (row && !event.target.closest("a") && !String(getSelection())) row.querySelector("a").click();
});
