// The branches as bars: from where each leaves the one before to where it ends, with how it ended.

const branches = trace.querySelector(".branches");
let tree = { current: null, branches: [] };
let places = [];

const MADE = { run: "Run", cut: "Cut", edit: "Edit", write: "By hand", steer: "Steer", token: "Token", open: "Opened" };

function madeBy(branch) {
  return branch.made === "go" ? `${LETTERS[branch.writer] ?? "?"} goes on` : MADE[branch.made];
}

// A branch that another one only goes on from is shown as that one.
function shownBranches() {
  const goesOn = new Set();
  tree.branches.forEach((branch) => {
    if (branch.parent != null && branch.kept === tree.branches[branch.parent].length) goesOn.add(branch.parent);
  });
  return tree.branches.map((_, number) => number).filter((number) => !goesOn.has(number) || number === tree.current);
}

function leavesAt(number) {
  let branch = tree.branches[number];
  while (branch.parent != null && branch.kept === tree.branches[branch.parent].length) branch = tree.branches[branch.parent];
  return branch;
}

function showBranches(news) {
  if (!news.tree) return;
  tree = news.tree;
  drawn.tree = news.tree.version;
  document.getElementById("sessions").textContent = tree.name ? `Session “${tree.name}”` : "Sessions";
  places = shownBranches();
  branches.hidden = places.length < 2;
  const longest = Math.max(1, ...places.map((number) => tree.branches[number].length));
  branches.replaceChildren(...places.map((number) => branchItem(number, longest)));
  branches.querySelector(".current")?.scrollIntoView({ block: "nearest" });
}

function branchItem(number, longest) {
  const branch = tree.branches[number];
  const first = leavesAt(number);
  const item = make("li", number === tree.current ? "branch current" : "branch");
  const pick = button("", branch.question ?? "", () => act("visit", { number }));
  const track = make("span", "track");
  const bar = make("i", "");
  bar.style.marginLeft = `${(100 * first.kept) / longest}%`;
  bar.style.width = `${Math.max(1, (100 * (branch.length - first.kept)) / longest)}%`;
  track.append(bar);
  const [sign, name] = ENDINGS[branch.outcome] ?? ["·", "open"];
  const badge = make("span", `badge ${branch.outcome ?? ""}`, branch.answer == null ? `${sign} ${name.toLowerCase()}` : `${sign} ${branch.answer.slice(0, 12)}`);
  pick.append(make("span", "made", `${number + 1} ${madeBy(first.made === "steer" ? first : branch)}`), track, badge);
  pick.setAttribute("aria-current", number === tree.current);
  item.append(pick);
  return item;
}

function nextBranch(step) {
  const place = places.indexOf(tree.current) + step;
  if (places[place] != null) act("visit", { number: places[place] });
}
