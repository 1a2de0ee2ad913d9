// The list of models, asked for again every few seconds, and the memory that they take.

const page = element.querySelector(".models");
const cards = page.querySelector(".cards");
const adding = page.querySelector(".add");
let chosen = new URLSearchParams(location.search).get("model");
let acts = 0;

function size(bytes) {
  if (bytes == null) return "";
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function send(verb, name) {
  acts += 1;
  trigger("act", { verb, name, number: acts });
}

function show(name) {
  chosen = name;
  for (const item of cards.children) item.firstChild.setAttribute("aria-current", item.dataset.name === name);
  send("show", name);
}

function cardItem(model) {
  const item = make("li", "");
  item.dataset.name = model.name;
  const pick = button("", model.why || model.note, () => show(model.name));
  const held = size(model.held_bytes) || (model.needs_bytes ? `about ${size(model.needs_bytes)}` : "");
  pick.append(make("b", "", model.name), make("span", `state ${model.state.replace(" ", "-")}`, model.state));
  pick.append(make("span", "dim", model.engine), make("span", "dim", held));
  pick.setAttribute("aria-current", model.name === chosen);
  item.append(pick);
  return item;
}

function showList({ models, open, memory_bytes, held_bytes, device }) {
  adding.hidden = !open;
  const told = `${size(held_bytes) || "0 MB"} of ${size(memory_bytes)} taken by models (${device})`;
  page.querySelector(".memory").textContent = told;
  const signature = JSON.stringify(models);
  if (cards.dataset.signature === signature) return;
  const focused = document.activeElement?.closest?.(".cards li")?.dataset.name;
  cards.dataset.signature = signature;
  cards.replaceChildren(...models.map(cardItem));
  [...cards.children].find((item) => item.dataset.name === focused)?.firstChild.focus();
}
