// The way from a step to the page of outcomes: what stands up to its end is where the samples begin.

function outcomesGroup(shown) {
  const leave = () => {
    openInOutcomes({ work: key, branch: tree.current, offset: shown.end });
  };
  return group("From here on, many times", button("×n outcomes", "A, B and both, each many times from here: how often are they right?", leave));
}
