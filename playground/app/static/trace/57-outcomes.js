// The way from a step to the page of outcomes: what stands up to its end is where the samples begin.

const CUT = "off-trajectory-cut";

function outcomesGroup(shown) {
  const leave = () => {
    sessionStorage.setItem(CUT, JSON.stringify({ work: key, branch: tree.current, offset: shown.end }));
    sessionStorage.removeItem("off-trajectory-outcomes"); // what was drawn there before began elsewhere
    location.assign("./outcomes");
  };
  return group("From here on, many times", button("×n outcomes", "A, B and both, each many times from here: how often are they right?", leave));
}
