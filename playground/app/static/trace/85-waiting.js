// What stands below the steps until a relay's first word: how many wait before it, or that its models are loaded.

const waiting = make("p", "waiting");
waiting.setAttribute("role", "status");
rows.after(waiting);

function showWaiting(news) {
  const { before, status } = news;
  const inLine = before === 0 ? "Next in line: it starts as soon as a place is free." : `${before} ahead of you in line.`;
  const told = status !== "loading" ? "" : before == null ? "Loading the models …" : inLine;
  if (waiting.textContent !== told) waiting.textContent = told;
}
