// The timeline: who wrote what, marks above, candidate answers below, and how unsure the writer was, over the tokens.

const timeline = trace.querySelector(".timeline");
const HEIGHT = 46;
let timelineDue = false;
let timelineNotes = [];

function colour(name) {
  return getComputedStyle(trace).getPropertyValue(name).trim();
}

// Patterns as on the bars: stripes for B and D, upright ones for steers, level ones for people, dots for C.
function patterned(ink, name) {
  const step = name === "s" || name === "c" ? 4 : 6;
  const tile = document.createElement("canvas");
  tile.width = tile.height = step;
  const pen = tile.getContext("2d");
  pen.fillStyle = ink;
  if (name === "s") pen.fillRect(0, 0, step / 2, step);
  else if (name === "p") pen.fillRect(0, 0, step, step / 2);
  else if (name === "c") pen.fillRect(0, 0, 3, 3);
  else if (name === "d") for (let at = 0; at < step; at += 1) stripe(pen, (step - at) % step, at, step);
  else for (let at = 0; at < step; at += 1) stripe(pen, at, at, step);
  return tile;
}

// A row of a slanting stripe; what leaves the tile on the right comes in on the left, so that the stripe has no gaps.
function stripe(pen, from, at, step) {
  pen.fillRect(from, at, step / 2, 1);
  pen.fillRect(from - step, at, step / 2, 1);
}

function drawTimeline() {
  timelineDue = false;
  const width = timeline.clientWidth;
  const all = drawn.tail ? [...drawn.rows, drawn.tail] : drawn.rows;
  if (!width || !all.length) return;
  const ratio = devicePixelRatio || 1;
  timeline.width = width * ratio;
  timeline.height = HEIGHT * ratio;
  const pen = timeline.getContext("2d");
  pen.scale(ratio, ratio);
  const tokens = reach(all);
  const scale = width / Math.max(1, tokens);
  const inks = drawn.writers.map((writer) => inkOf(pen, writer));
  for (const shown of all) {
    pen.fillStyle = inks[shown.writer];
    pen.fillRect(firstToken(shown) * scale, 14, Math.max(0.5, (lastToken(shown) - firstToken(shown)) * scale - 0.5), 10);
  }
  trace.querySelector(".timeline-end").textContent = `${drawn.guessed ? "about " : ""}${tokens.toLocaleString("en")} tokens`;
  drawNotes(pen, all, scale);
  drawEntropy(pen, scale);
}

// Places along the timeline, in tokens. Of the row that is being written only its words are counted.
function firstToken(shown) {
  return shown.first ?? drawn.tokens;
}

function lastToken(shown) {
  return shown.next ?? firstToken(shown) + wordsIn(shown.text);
}

function reach(all) {
  return Math.round(lastToken(all.at(-1)));
}

function inkOf(pen, writer) {
  const name = STYLED.includes(writer.letter) ? writer.letter.toLowerCase() : "dim";
  const ink = colour(`--${name}`);
  if (name === "a" || name === "dim") return ink;
  return pen.createPattern(patterned(ink, name), "repeat");
}

function drawNotes(pen, all, scale) {
  const inks = { backtrack: colour("--mark"), right: colour("--right"), other: colour("--dim") };
  for (const note of timelineNotes) {
    const at = (all[note.row] ? firstToken(all[note.row]) : 0) * scale + 3;
    if (note.kind === "backtrack") {
      pen.fillStyle = inks.backtrack;
      pen.beginPath();
      pen.moveTo(at - 4, 4);
      pen.lineTo(at + 4, 4);
      pen.lineTo(at, 12);
      pen.fill();
    } else if (note.kind === "candidate") {
      pen.fillStyle = note.right ? inks.right : inks.other;
      pen.fillRect(at, 26, 2, note.right ? 6 : 3);
    }
  }
}

// The mean entropy of each step, in bits a token; the line leaves out what no model of this page wrote.
function drawEntropy(pen, scale) {
  const known = drawn.rows.filter((shown) => shown.bits != null);
  if (!known.length) return;
  const most = Math.max(1, ...known.map((shown) => shown.bits));
  pen.strokeStyle = colour("--dim");
  pen.beginPath();
  for (const shown of known) {
    const at = ((firstToken(shown) + lastToken(shown)) / 2) * scale;
    pen.lineTo(at, HEIGHT - 1 - (12 * shown.bits) / most);
  }
  pen.stroke();
}

function clearTimeline() {
  timelineNotes = [];
  timeline.width = 0;
  trace.querySelector(".timeline-end").textContent = "";
}

function showTimeline(news) {
  timelineNotes.push(...news.notes);
  if (timelineDue || (!news.rows.length && !news.tail && !news.notes.length)) return;
  timelineDue = true;
  setTimeout(() => requestAnimationFrame(drawTimeline), news.status === "running" ? 1000 : 0);
}

timeline.addEventListener("click", (event) => {
  const all = drawn.tail ? [...drawn.rows, drawn.tail] : drawn.rows;
  if (!all.length) return;
  const at = (event.offsetX / timeline.clientWidth) * reach(all);
  const shown = all.findLast((row) => firstToken(row) <= at);
  shown?.made.scrollIntoView({ block: "center" });
  shown?.made.animate([{ background: colour("--a-tint") }, { background: "transparent" }], 1200);
});
new ResizeObserver(() => requestAnimationFrame(drawTimeline)).observe(timeline);
