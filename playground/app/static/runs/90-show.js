// Shows what the address names, now and whenever it changes.

function showNothing() {
  const [title, text] =
    known.directory == null
      ? ["This page has no directory of runs.", "Make a run and start the page again from the same directory, or with --runs DIR:"]
      : [`No runs in ${known.directory} yet.`, "Make one, then load this page again:"];
  const told = make("p", "");
  told.append(text);
  emptyPage.replaceChildren(make("p", "", title), told, make("pre", "", `python -m evaluator.full --preset tiny --output-dir ${known.directory ?? "runs"}/tiny`));
  emptyPage.hidden = false;
  filters.hidden = true;
}

async function show() {
  say();
  fromAddress();
  if (!at.run && known.runs.length) return go({ run: known.runs[0] }, true);
  showFilters();
  const one = Boolean(at.sample);
  samplePlace.hidden = !one;
  overviewPlace.hidden = samplesPlace.hidden = one;
  runs.classList.toggle("one", one);
  if (one) await showSample();
  else {
    samplePlace.replaceChildren();
    await showOverview();
    showFilters();
    await showList();
  }
}

async function begin() {
  const found = await ask("runs", {});
  if (!found) return;
  known = { ...known, ...found };
  if (!known.runs.length) showNothing();
  else show();
}

addEventListener("popstate", show);
begin();
