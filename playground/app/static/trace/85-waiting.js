// What stands below the steps until a relay's first word: how many wait before it, or that its models are loaded. While
// it writes, also what else is done.

const waiting = make("p", "waiting");
waiting.setAttribute("role", "status");
rows.after(waiting);

function showWaiting(news) {
  const { before, status, doing } = news;
  const inLine = before === 0 ? "Next in line: it starts as soon as a place is free." : `${before} ahead of you in line.`;
  const aside = status === "running" && doing ? `${doing} …` : "";
  const told = status !== "loading" ? aside : before == null ? "Loading the models …" : inLine;
  if (waiting.textContent !== told) waiting.textContent = told;
}
