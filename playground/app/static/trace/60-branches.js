// The branches as bars: from where each leaves the one before to where it ends, with how it ended.

const branches = trace.querySelector(".branches");
let tree = { current: null, branches: [] };
let places = []; // the branches that are shown, by their numbers, in the order of a tree

const MADE = { run: "Run", cut: "Cut", edit: "Edit", write: "By hand", steer: "Steer", token: "Token", open: "Opened" };

function madeBy(branch) {
  return branch.made === "go" ? `${"ABCD"[branch.writer] ?? "?"} goes on` : MADE[branch.made];
}

// A branch that another one only goes on from is shown as that one, unless it is the current one.
function shownAs(number) {
  if (number === tree.current) return number;
  const { length } = tree.branches[number];
  const next = tree.branches.findIndex((branch) => branch.parent === number && branch.kept === length);
  return next < 0 ? number : shownAs(next);
}

// Those that are shown are counted in the order in which they were made.
function countOf(number) {
  return places.filter((each) => each <= shownAs(number)).length;
}

// In the order of a tree: each after what it leaves.
function shownBranches() {
  const ordered = [];
  const children = new Map();
  const add = (number, depth) => {
    ordered.push({ number, depth });
    for (const child of children.get(number) ?? []) add(child, depth + 1);
  };
  for (const number of tree.branches.keys()) {
    if (shownAs(number) !== number) continue;
    const from = leavesAt(number).parent;
    const parent = from == null ? null : shownAs(from);
    const top = parent == null || parent === number || parent > number ? null : parent;
    children.set(top, [...(children.get(top) ?? []), number]);
  }
  for (const number of children.get(null) ?? []) add(number, 0);
  return ordered;
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
  const ordered = shownBranches();
  places = ordered.map(({ number }) => number);
  branches.hidden = places.length < 2;
  const longest = Math.max(1, ...places.map((number) => tree.branches[number].length));
  branches.replaceChildren(...ordered.map(({ number, depth }) => branchItem(number, depth, longest)));
  branches.querySelector(".current")?.scrollIntoView({ block: "nearest" });
}

function branchItem(number, depth, longest) {
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
  const made = make("span", depth ? "made leaf" : "made", `${countOf(number)} ${madeBy(first.made === "steer" ? first : branch)}`);
  made.style.paddingLeft = `${14 * Math.min(depth, 5)}px`;
  pick.append(made, track, badge);
  pick.setAttribute("aria-current", number === tree.current);
  const beside = button("⇆", `Branch ${countOf(number)} beside the current one`, () => compareWith(number));
  beside.disabled = number === tree.current;
  item.append(pick, beside);
  return item;
}

// The place at which the current branch leaves the one it comes from, marked once its row stands there.
let cutRow = null;

function showCut(news) {
  if (news.tree || !cutRow?.made.isConnected) {
    cutRow?.made.classList.remove("cut-after");
    cutRow = null;
  }
  const first = tree.current == null ? null : leavesAt(tree.current);
  if (cutRow || first?.parent == null || !first.kept) return;
  cutRow = drawn.rows.findLast((row) => row.end <= first.kept && row.body.data) ?? null;
  cutRow?.made.classList.add("cut-after");
  if (cutRow) cutRow.made.dataset.cut = `✂ leaves branch ${countOf(first.parent)} here`;
}

function nextBranch(step) {
  const place = places.indexOf(tree.current) + step;
  if (places[place] != null) act("visit", { number: places[place] });
}
