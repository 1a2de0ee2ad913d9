// The legend above the rows, the ending below them, and which buttons can be pressed.

const ENDINGS = {
  correct: ["✓", "Correct"],
  wrong: ["✗", "Wrong"],
  no_answer: ["∅", "No answer"],
  truncated: ["…", "Truncated"],
  answer: ["=", "Finished"],
  stopped: ["■", "Stopped"],
  paused: ["‖", "Paused"],
  failed: ["!", "Failed"],
};

function writerItem(writer) {
  const item = make("li", `writer ${styleOf(writer)}`);
  item.append(make("i", "bar"), make("b", "letter", writer.letter), make("span", "name", writer.name));
  item.append(make("span", "pace"));
  return item;
}

function showLegend(news) {
  drawn.writers = news.writers;
  news.writers.forEach((writer, place) => {
    if (!legend.children[place]) legend.append(writerItem(writer));
    const item = legend.children[place];
    const rate = writer.rate == null ? "" : ` · ${writer.rate.toLocaleString("en")} tok/s`;
    const pace = writer.tokens ? `${writer.tokens.toLocaleString("en")} tokens${rate}` : "";
    if (item.lastChild.textContent !== pace) item.lastChild.textContent = pace;
    item.classList.toggle("writing", writer.writing && news.status === "running");
  });
}

function showEnding(news) {
  if (news.status !== "over") return;
  const foot = trace.querySelector(".ending");
  const ending = news.ending ?? { outcome: "", why: news.doing ? "" : "not finished" };
  const [sign, name] = news.doing ? ["…", news.doing] : (ENDINGS[ending.outcome] ?? ["", ending.outcome.replaceAll("_", " ") || "Open"]);
  foot.dataset.outcome = ending.outcome;
  foot.querySelector(".sign").textContent = sign;
  const told = [
    ending.answer == null ? "" : `answer ${ending.answer}`,
    ending.gold == null || ending.outcome === "correct" ? "" : `correct answer ${ending.gold}`,
    ending.outcome === "correct" || ending.outcome === "wrong" ? "" : ending.why,
  ];
  foot.querySelector(".outcome").textContent = name;
  foot.querySelector(".why").textContent = told.filter(Boolean).join(" · ");
}

function showButtons(news) {
  const buttons = document.getElementById("buttons");
  drawn.can = news.can;
  for (const pressed of buttons.querySelectorAll("button.act")) {
    const able = news.can.includes(pressed.id);
    if (pressed.disabled === able) pressed.disabled = !able;
  }
  buttons.classList.toggle("writing", news.can.includes("stop"));
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("button.act");
  if (pressed && !pressed.disabled) act(pressed.id);
});
