// The samples of the arm that was clicked; each opens in Relay.

function sampleItem(sample) {
  const [sign, name] = ENDINGS[sample.outcome] ?? ["·", sample.outcome.replaceAll("_", " ")];
  const item = make("li", `sample ${sample.outcome}`);
  const open = make("button", "");
  open.type = "button";
  open.title = "Open this sample in Relay";
  const head = make("span", "head");
  head.append(make("span", "sign", sign), make("b", "", sample.answer == null ? name : sample.answer.slice(0, 40)));
  const told = [`${sample.tokens.toLocaleString("en")} tokens`];
  if (sample.backtracked) told.push("⟲ backtracked");
  if (sample.adopted) told.push("adopted the steer");
  if (sample.arm.includes("-") && sample.turns === 1) told.push("never handed over");
  if (sample.outcome === "error") told.push(sample.why);
  head.append(make("span", "told", `#${sample.number + 1} · ${told.join(" · ")}`));
  open.append(head, make("span", "end", sample.end));
  open.setAttribute("aria-label", `Sample ${sample.number + 1}: ${name}${sample.answer == null ? "" : `, answer ${sample.answer}`}. Open in Relay`);
  open.addEventListener("click", () => openSample(sample));
  item.append(open);
  return item;
}

function showSamples() {
  const part = page.querySelector(".samples");
  part.hidden = drawn.chosen == null;
  if (part.hidden) return;
  const mine = drawn.samples.filter((sample) => sample.arm === drawn.chosen).sort((one, other) => one.number - other.number);
  part.querySelector("h2").replaceChildren(nameOf(drawn.chosen), make("small", "", ` ${mine.length} finished – click one to open it in Relay`));
  list.replaceChildren(...mine.map(sampleItem));
}

async function openSample(sample) {
  const begun = await ask("open_sample", { key, visitor, arm: sample.arm, number: sample.number });
  if (begun) openInRelay(begun.session);
}

async function take(form) {
  const file = await ask("file", { key, visitor, form });
  if (file) offer(file);
}

const files = page.querySelector(".files");
files.append(
  button("CSV", "A row for each sample", () => take("csv")),
  button("JSON", "Everything, with every trajectory", () => take("json")),
  button("Condition", "This place, for python -m evaluator.condition", () => take("condition")),
);
