// A run at a glance: rates with their intervals, outcome classes, figures and the card.

let overviewOf = "";

function folded(label, open, ...parts) {
  const made = make("details", "folded");
  made.open = open;
  made.append(make("summary", "", label), ...parts);
  return made;
}

function ratesTable(figures) {
  const classes = Object.keys(VERDICTS).filter((name) => figures.some((figure) => figure.classes[name]));
  const decided = figures.some((figure) => figure.decided);
  const head = [["Model", "name"], ["Test"], ["Correct, % [95 %]", "number"], ["Turns back, %", "number"], ["n", "number"], ["Questions", "number"]];
  for (const name of classes) head.push([`${VERDICTS[name][0]} ${VERDICTS[name][1]}`, "number"]);
  if (decided) head.push(["By people", "number"], ["Correct with those, %", "number"]);
  const rows = figures.map((figure) => [
    figure.model,
    `${TEST_NAMES[figure.test]} ${figure.subset}`.trim(),
    figure.accuracy,
    figure.backtracked,
    figure.n.toLocaleString("en"),
    String(figure.questions),
    ...classes.map((name) => figure.classes[name].toLocaleString("en")),
    ...(decided ? [String(figure.decided), figure.decided ? figure.with_decisions : "–"] : []),
  ]);
  return wide(table(head, rows, "rates"));
}

function card(lines) {
  const list = make("dl", "card");
  for (const [name, text] of lines) list.append(make("dt", "", name), make("dd", "", text));
  return list;
}

function gallery(pictures) {
  const made = make("div", "gallery");
  for (const picture of pictures) {
    const figure = make("figure", "");
    const image = make("img", "");
    image.src = picture.data;
    image.alt = picture.name;
    image.loading = "lazy";
    figure.append(image, make("figcaption", "", picture.name));
    made.append(figure);
  }
  return made;
}

async function showOverview() {
  if (overviewOf === at.run) return;
  overviewOf = at.run;
  overviewPlace.replaceChildren(make("p", "dim", "Reading the run…"));
  samplesPlace.replaceChildren();
  const found = await ask("overview", { run: at.run });
  if (!found) return overviewPlace.replaceChildren();
  known.choices = found.choices;
  const state = found.complete ? "" : " · still running, or broken off";
  const parts = found.figures.length ? [ratesTable(found.figures)] : [make("p", "dim", "No outcome on a tested question yet.")];
  overviewPlace.replaceChildren(
    make("h2", "", `${at.run}${state}`),
    ...parts,
    ...(found.pictures.length ? [folded(`Figures (${found.pictures.length})`, false, gallery(found.pictures))] : []),
    folded("Reproducibility card", false, card(found.card)),
  );
}
