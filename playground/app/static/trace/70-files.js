// Sessions: their list, their names, and what can be taken away or brought in as a file.

const FORMS = [
  ["JSON", "json", "The trajectory with everything known about it"],
  ["Session", "session", "All branches; opens again here"],
  ["Markdown", "markdown", "To paste somewhere"],
  ["HTML", "html", "One page to share"],
];
const sessions = make("dialog", "help sessions");

async function take(form) {
  const file = await server.ask({ what: "file", key, form });
  if (file.text != null) offer(file);
}

let naming = null;

async function go(work) {
  await naming;
  openInRelay(work);
}

function ago(seconds) {
  const minutes = Math.round((Date.now() / 1000 - seconds) / 60);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 1440 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} d ago`;
}

function sessionItem(entry) {
  const item = make("li", "");
  const label = `${entry.name || entry.question.slice(0, 60)} · ${ago(entry.changed)}`;
  const open = button(label, entry.question, () => go(entry.key));
  open.setAttribute("aria-current", entry.key === key);
  item.append(open);
  return item;
}

function nameField() {
  const name = make("input", "");
  name.value = tree.name ?? "";
  name.placeholder = "name of this session";
  name.setAttribute("aria-label", "Name of this session");
  name.addEventListener("change", () => {
    naming = server.rename({ key, visitor, text: name.value });
  });
  return name;
}

function fileField() {
  const file = make("input", "");
  file.type = "file";
  file.setAttribute("aria-label", "Open a file");
  file.title = "A session, a trajectory, or recorded traces, of which the first is shown";
  file.addEventListener("change", async () => {
    if (!file.files.length) return; // nothing was chosen after all
    act("open", { text: await file.files[0].text() });
    sessions.close();
  });
  return file;
}

async function showSessions() {
  const found = await server.sessions({ visitor });
  const list = make("ol", "");
  list.append(...found.map(sessionItem));
  const own = group("This session", nameField(), copyButton("Opens this session again", () => `${location.origin}${location.pathname}?work=${key}`));
  const files = group("Download", ...FORMS.map(([label, form, title]) => button(label, title, () => take(form))));
  const open = group("Open a file", fileField());
  const others = group("Sessions", button("New", "An empty session", () => go(newKey())));
  sessions.replaceChildren(own, files, open, others, list, button("Close", "", () => sessions.close()));
  sessions.showModal();
}

function replayField() {
  const speed = make("input", "speed");
  speed.type = "number";
  speed.value = 100;
  speed.min = 1;
  speed.setAttribute("aria-label", "Tokens a second");
  const play = button("Replay", "Show it again as it was written; Hand over lets a live model go on", () => {
    act("replay", { number: Math.round(speed.value) });
  });
  return [play, speed, make("span", "unit", "tok/s")];
}

trace.append(sessions);
trace.querySelector(".files").append(...replayField(), button("Download JSON", FORMS[0][2], () => take("json")));
for (const [name, press] of [["sessions", showSessions], ["keys", () => showHelp()]]) {
  const pressed = document.getElementById(name);
  pressed.addEventListener("click", press);
  pressed.disabled = false;
}
