// The rows: one for each arm, with the share that was right as a point on its interval.

function barOf(arm) {
  if (!arm.correct) {
    const answers = arm.answers.map(([answer, count]) => `${answer} ×${count}`).join(" · ");
    return make("span", "answers", answers || (arm.n ? "no answer" : ""));
  }
  const made = make("span", "track");
  const { value, low, high } = arm.correct;
  const range = make("i", "range");
  range.style.left = `${100 * low}%`;
  range.style.width = `${Math.max(0.5, 100 * (high - low))}%`;
  const point = make("i", "point");
  point.style.left = `${100 * value}%`;
  made.append(range, point);
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", `${percent(arm.correct)}, interval ${interval(arm.correct)}`);
  return made;
}

function shareCell(label, share) {
  const cell = make("td", "figure");
  cell.dataset.label = label;
  cell.append(make("b", "", percent(share)), make("small", "", interval(share)));
  return cell;
}

function meanCell(label, value, digits) {
  const text = value == null ? "–" : value.toLocaleString("en", { maximumFractionDigits: digits });
  const cell = make("td", "figure", text);
  cell.dataset.label = label;
  return cell;
}

function rowOf(arm) {
  const made = make("tr", arm.arm === drawn.chosen ? "chosen" : "");
  const head = make("th", "");
  head.scope = "row";
  const pick = make("button", "pick");
  pick.type = "button";
  pick.title = "Show its samples";
  pick.setAttribute("aria-expanded", arm.arm === drawn.chosen);
  pick.append(nameOf(arm.arm));
  head.append(pick);
  const bar = make("td", "rate");
  bar.append(barOf(arm));
  made.append(head, bar, shareCell("Correct", arm.correct), meanCell("n", arm.n, 0), meanCell("Tokens", arm.tokens, 0));
  made.append(meanCell("Seconds", arm.seconds, 1), shareCell("Backtracked", arm.backtracked), shareCell("Adopted", arm.adopted));
  made.addEventListener("click", () => choose(arm.arm));
  return made;
}

function showArms() {
  const focused = rows.contains(document.activeElement) ? [...rows.querySelectorAll(".pick")].indexOf(document.activeElement) : -1;
  rows.replaceChildren(...drawn.arms.map(rowOf));
  rows.querySelectorAll(".pick")[focused]?.focus();
}

function choose(arm) {
  drawn.chosen = drawn.chosen === arm ? null : arm;
  showArms();
  showSamples();
}
