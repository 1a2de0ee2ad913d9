// The line of those who wait for a place to write.

const waiting = make("p", "waiting");
waiting.setAttribute("role", "status");
board.append(waiting);

function showWaiting(news) {
  const { before } = news;
  const told = before == null ? "" : before === 0 ? "Next in line: it begins as soon as a place is free." : `${before} before you in line.`;
  if (waiting.textContent !== told) waiting.textContent = told;
}
