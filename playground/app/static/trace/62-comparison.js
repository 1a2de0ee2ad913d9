// Two branches side by side, with the first difference marked.

const comparison = make("dialog", "help comparison");
trace.append(comparison);

function sideHead(number, side) {
  const head = make("header", "");
  const [sign, name] = ENDINGS[side.ending?.outcome] ?? ["·", "open"];
  const answer = side.ending?.answer == null ? name.toLowerCase() : side.ending.answer.slice(0, 40);
  head.append(make("b", "", `Branch ${countOf(number)}`), make("span", `badge ${side.ending?.outcome ?? ""}`, `${sign} ${answer}`));
  return head;
}

function sideRow(row, side, common) {
  const writer = side.writers[row.writer];
  const made = make("div", `side-row ${styleOf(writer)} ${row.kind}`);
  const text = make("p", "text");
  const same = [...row.text].slice(0, Math.max(0, common - row.start)).join("");
  const differs = row.text.slice(same.length);
  const begins = row.start <= common && common < row.end;
  const shown = same.trim() ? same : "";
  const word = begins ? (differs.match(/^\s*\S+/)?.[0] ?? differs) : "";
  text.append(make("span", "same", shown.trimStart()), make("mark", "", word.trimStart()));
  text.append(word ? differs.slice(word.length) : shown ? differs : differs.trimStart());
  if (begins) made.classList.add("differs");
  made.append(make("i", "bar"), text);
  made.title = `${writer.letter} · ${writer.name}`;
  return made;
}

function sideOf(number, side, common) {
  const column = make("section", "side");
  column.append(sideHead(number, side), ...side.rows.filter((row) => row.text.trim()).map((row) => sideRow(row, side, common)));
  if (!column.querySelector(".differs")) column.append(make("p", "side-end", "ends here"));
  return column;
}

async function compareWith(number) {
  const found = await server.ask({ what: "comparison", key, start: tree.current, end: number });
  if (!found.sides) return;
  const pair = [tree.current, number].map((each, place) => ({ number: each, side: found.sides[place] }));
  pair.sort((one, other) => one.number - other.number);
  const columns = make("div", "sides");
  columns.append(...pair.map(({ number: each, side }) => sideOf(each, side, found.common)));
  const told = make("p", "told", `The same for ${found.words.toLocaleString("en")} words; the first difference is marked.`);
  comparison.replaceChildren(told, columns, button("Close", "", () => comparison.close()));
  comparison.showModal();
  for (const differs of columns.querySelectorAll(".differs")) differs.scrollIntoView({ block: "center" });
}
