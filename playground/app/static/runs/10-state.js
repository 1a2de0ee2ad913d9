// The runs page's script, one function: these files in the order of their names, after those of `common`. What is
// looked at stands in the address, so that a link leads to it and Back leads back. All text is set as text.

const runs = element.querySelector(".runs");
const filters = runs.querySelector(".filters");
const notice = runs.querySelector(".notice");
const emptyPage = runs.querySelector(".empty-page");
const overviewPlace = runs.querySelector(".overview");
const samplesPlace = runs.querySelector(".samples");
const samplePlace = runs.querySelector(".sample");

const TEXTS = ["model", "test", "question", "verdict", "backtracked", "review", "text", "sort"];
const NUMBERS = ["position", "length"];
let known = { runs: [], models: [], choices: {} };
let at = {};

function fromAddress() {
  const told = new URLSearchParams(location.search);
  at = Object.fromEntries(["run", "sample", "beside", "start", ...TEXTS, ...NUMBERS, "descending"].map((name) => [name, told.get(name) ?? ""]));
}

function go(changes, replace = false) {
  const next = { ...at, ...changes };
  const told = new URLSearchParams(Object.entries(next).filter(([, value]) => value !== "" && value != null));
  history[replace ? "replaceState" : "pushState"](history.state, "", `${location.pathname}?${told}`);
  show();
}

function say(problem) {
  notice.textContent = problem ?? "";
  notice.hidden = !problem;
}

// The answer of the server; null where it says what is wrong, which is told then.
async function ask(name, data) {
  const answer = await server[name](data).catch(() => ({ error: "The server does not answer. Load the page again." }));
  if (answer.error) say(answer.error);
  return answer.error ? null : answer;
}

function query() {
  const found = Object.fromEntries(TEXTS.map((name) => [name, at[name]]));
  for (const name of NUMBERS) if (at[name] !== "") found[name] = Number(at[name]);
  return { ...found, descending: at.descending === "yes" };
}

function verdict(name) {
  const [sign, label] = VERDICTS[name] ?? ["?", name];
  return make("span", `verdict ${name in VERDICTS ? name : ""}`, `${sign} ${label}`);
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

// A table: its head as [label, className], its rows as lists of text or elements.
function table(head, rows, className) {
  const made = make("table", className);
  const top = make("tr", "");
  for (const [label, kind] of head) {
    const cell = make("th", kind ?? "");
    cell.scope = "col";
    cell.append(label);
    top.append(cell);
  }
  const body = make("tbody", "");
  for (const cells of rows) {
    const row = make("tr", "");
    cells.forEach((content, place) => {
      const cell = make("td", head[place][1] ?? "");
      cell.append(content ?? "");
      row.append(cell);
    });
    body.append(row);
  }
  const thead = make("thead", "");
  thead.append(top);
  made.append(thead, body);
  return made;
}

function wide(...parts) {
  const made = make("div", "wide");
  made.append(...parts);
  return made;
}
