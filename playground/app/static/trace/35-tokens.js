// Tokens: shaded by how improbable they were, with what else might have come; a click goes on from another one.
// Only the steps in sight are asked for, and only while the shading is on.

const board = trace.querySelector(".board");
const popover = make("div", "alternatives");
const shading = button("Tokens", "Shade tokens by probability; point at one for what else might have come", () => {
  if (trace.classList.contains("typeset")) typesetting.click();
  const on = trace.classList.toggle("shaded");
  shading.setAttribute("aria-pressed", on);
  if (on) for (const shown of allRows()) inSight.observe(shown.made);
  else clearShades();
});
shading.setAttribute("aria-pressed", false);
const reason = make("p", "why");
board.querySelector(".top").append(shading);
board.append(reason);

const inSight = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) shade(entry.target.shown);
});

// The last row has no end of its own while it is written.
function allRows() {
  return drawn.tail && drawn.status !== "running" ? [...drawn.rows, drawn.tail] : drawn.rows;
}

function clearShades() {
  inSight.disconnect();
  popover.remove();
  reason.textContent = "";
  for (const shown of allRows()) {
    shown.shades?.replaceWith(shown.body);
    shown.shades = null;
  }
}

async function shade(shown) {
  inSight.unobserve(shown.made);
  if (shown.shades || shown.end == null || !shown.body.data) return;
  const lead = [...shown.made.querySelector(".text").firstChild.textContent].length;
  const signs = [...shown.body.data];
  const start = shown.start + lead;
  const { tokens, why } = await server.ask({ what: "tokens", key, start, end: start + signs.length });
  if (!trace.classList.contains("shaded") || shown.shades || !shown.body.isConnected) return;
  const shades = make("span", "shades");
  let at = 0;
  for (const token of tokens) {
    const from = Math.max(token.start - start, at);
    const to = Math.min(token.start - start + [...token.text].length, signs.length);
    if (from > at) shades.append(signs.slice(at, from).join(""));
    if (to > from) shades.append(tokenSpan(signs.slice(from, to).join(""), token, shown));
    at = Math.max(at, to);
  }
  shades.append(signs.slice(at).join(""));
  if (why && !reason.textContent) reason.textContent = why;
  shown.body.replaceWith(shades);
  shown.shades = shades;
}

function tokenSpan(text, token, shown) {
  const made = make("span", "token", text);
  made.style.setProperty("--doubt", `${Math.round(100 - token.percent)}%`);
  made.addEventListener("mouseenter", () => showAlternatives(made, token, shown));
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    showAlternatives(made, token, shown);
  });
  return made;
}

function showAlternatives(made, token, shown) {
  const list = token.others.map((other) => alternative(other, token, shown));
  popover.replaceChildren(make("b", "", `${JSON.stringify(token.text)} ${inPercent(token.percent)}`), ...list);
  const box = made.getBoundingClientRect();
  const around = trace.getBoundingClientRect();
  popover.style.left = `${Math.min(box.left - around.left, trace.clientWidth - 260)}px`;
  trace.append(popover);
  const end = scroller() === trace ? innerHeight : document.getElementById("buttons").getBoundingClientRect().top;
  const below = box.bottom + popover.offsetHeight <= end;
  popover.style.top = `${(below ? box.bottom : box.top - popover.offsetHeight) - around.top + trace.scrollTop}px`;
}

function inPercent(value) {
  return value < 0.1 ? "< 0.1 %" : `${value} %`;
}

function alternative(other, token, shown) {
  const pick = button("", "Go on from this token", () => {
    act("token", { start: token.start, offset: token.start, text: other.text, writer: modelAt(shown.writer) });
    popover.remove();
  });
  pick.disabled = !other.text || other.text === token.text;
  const bar = make("i", "");
  bar.style.width = `${Math.max(1, other.percent)}%`;
  const track = make("span", "track");
  track.append(bar);
  pick.append(make("code", "", JSON.stringify(other.text)), track, make("span", "", inPercent(other.percent)));
  return pick;
}

popover.addEventListener("click", (event) => event.stopPropagation());
popover.addEventListener("mouseleave", () => popover.remove());
document.addEventListener("click", () => popover.remove());
