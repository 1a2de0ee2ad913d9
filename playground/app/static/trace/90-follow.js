// Asks for what is new as long as the page is open. What runs goes on while the page is loaded again.

function clear(news) {
  closeMenu();
  clearTimeline();
  reason.textContent = "";
  rows.replaceChildren();
  legend.replaceChildren();
  drawn = { ...drawn, drawing: news.drawing, question: news.question, gold: news.gold, rows: [], tokens: 0, guessed: false, notes: 0, tail: null };
  showQuestion();
  if (katex && trace.classList.contains("typeset")) typesetQuestion();
}

function showQuestion() {
  trace.querySelector(".question").textContent = drawn.question;
  trace.querySelector(".gold").hidden = drawn.gold == null;
  trace.querySelector(".gold b").textContent = drawn.gold ?? "";
}

function draw(news) {
  const scrolled = scroller();
  const at = scrolled.scrollTop;
  const atEnd = scrolled.scrollHeight - at - scrolled.clientHeight < 80;
  const writes = isWriting(news) || isWriting(drawn);
  const before = drawn.drawing;
  const anew = news.drawing !== before;
  if (anew) clear(news);
  if (trace.dataset.status !== news.status) trace.dataset.status = news.status;
  drawn.status = news.status;
  drawn.version = news.version;
  showLegend(news);
  showRows(news);
  showNotes(news);
  showTimeline(news);
  showEnding(news);
  showWaiting(news);
  showBranches(news);
  if (news.tree || news.rows.length) showCut(news);
  showButtons(news);
  if (trace.classList.contains("shaded") && drawn.tail && news.status !== "running") inSight.observe(drawn.tail.made);
  if (writes && (atEnd || anew)) scrolled.scrollTop = scrolled.scrollHeight;
  else if (before && anew) keepPlace(scrolled, at);
}

function isWriting({ status }) {
  return status === "loading" || status === "running";
}

// Another branch begins as the one before: what they share stays where it is. On a phone the form may stand there.
function keepPlace(scrolled, at) {
  scrolled.scrollTop = at;
  if (scrolled !== trace && trace.getBoundingClientRect().top > innerHeight / 2) trace.scrollIntoView();
}

function seen() {
  const { version, tree: known, drawing, rows: all, notes, tail } = drawn;
  return { key, visitor, version, tree: known, drawing, rows: all.length, notes, tail: tail ? tail.end - tail.start : 0 };
}

async function follow() {
  while (element.isConnected) {
    const news = await server.look(seen()).catch(() => null);
    if (news?.drawing) draw(news);
    else await new Promise((resolve) => setTimeout(resolve, 1000)); // the server is away for the moment
  }
}

trigger("restore", { key, visitor, link });
follow();
