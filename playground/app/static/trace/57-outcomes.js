// The way from a step to the page of outcomes: what stands up to its end is where the samples begin.

function outcomesGroup(shown) {
  const title = "A, B and both, each many times from here: how often are they right?";
  return group("From here on, many times", button("×n outcomes", title, () => openInOutcomes({ work: key, branch: tree.current, offset: shown.end })));
}
