// The timeline: who wrote what, marks above, candidate answers below, and how surprised the writer was, over the text.

const timeline = trace.querySelector(".timeline");
const HEIGHT = 46;
let timelineDue = false;
let timelineNotes = [];

function colour(name) {
  return getComputedStyle(trace).getPropertyValue(name).trim();
}

function hatched(ink, step, vertical) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = step;
  const pen = tile.getContext("2d");
  pen.fillStyle = ink;
  if (vertical) pen.fillRect(0, 0, step / 2, step);
  else for (let at = 0; at < step; at += 1) pen.fillRect((step - at) % step, at, step / 2, 1);
  return tile;
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
  const scale = width / Math.max(1, all.at(-1).end);
  const inks = drawn.writers.map((writer) => inkOf(pen, writer));
  for (const shown of all) {
    pen.fillStyle = inks[shown.writer];
    pen.fillRect(shown.start * scale, 14, Math.max(0.5, (shown.end - shown.start) * scale - 0.5), 10);
  }
  drawNotes(pen, all, scale);
  drawSurprise(pen, scale);
}

function inkOf(pen, writer) {
  const name = "ABSP".includes(writer.letter) ? writer.letter.toLowerCase() : "dim";
  const ink = colour(`--${name}`);
  if (name === "a" || name === "dim") return ink;
  return pen.createPattern(hatched(ink, name === "s" ? 4 : 6, name === "s"), "repeat");
}

function drawNotes(pen, all, scale) {
  const inks = { backtrack: colour("--mark"), right: colour("--right"), other: colour("--dim") };
  for (const note of timelineNotes) {
    const at = (all[note.row]?.start ?? 0) * scale + 3;
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

// The mean surprise of each step, in bits a token; the line leaves out what no model of this page wrote.
function drawSurprise(pen, scale) {
  const known = drawn.rows.filter((shown) => shown.bits != null);
  if (!known.length) return;
  const most = Math.max(1, ...known.map((shown) => shown.bits));
  pen.strokeStyle = colour("--dim");
  pen.beginPath();
  for (const shown of known) {
    const at = ((shown.start + shown.end) / 2) * scale;
    pen.lineTo(at, HEIGHT - 1 - (12 * shown.bits) / most);
  }
  pen.stroke();
}

function showTimeline(news) {
  timelineNotes.push(...news.notes);
  if (timelineDue || (!news.rows.length && !news.tail && !news.notes.length)) return;
  timelineDue = true;
  setTimeout(() => requestAnimationFrame(drawTimeline), news.status === "running" ? 1000 : 0);
}

timeline.addEventListener("click", (event) => {
  const all = drawn.tail ? [...drawn.rows, drawn.tail] : drawn.rows;
  const at = (event.offsetX / timeline.clientWidth) * (all.at(-1)?.end ?? 0);
  const shown = all.findLast((row) => row.start <= at);
  shown?.made.scrollIntoView({ block: "center" });
  shown?.made.animate([{ background: colour("--a-tint") }, { background: "transparent" }], 1200);
});
new ResizeObserver(() => requestAnimationFrame(drawTimeline)).observe(timeline);
