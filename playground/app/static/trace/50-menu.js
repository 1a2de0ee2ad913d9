// The menu of a step: what can be done from its end on. One is open at a time.

const menu = make("div", "menu");
menu.setAttribute("role", "group");
menu.setAttribute("aria-label", "What can be done here");
menu.addEventListener("click", (event) => event.stopPropagation());
let chosen = null;

function here() {
  return { start: chosen.start, offset: chosen.end };
}

function group(label, ...buttons) {
  const made = make("div", "group");
  made.append(make("span", "label", label), ...buttons);
  return made;
}

function doAt(verb, details) {
  act(verb, { ...here(), ...details });
  closeMenu();
}

function goButtons(verb, what) {
  return letters().map((letter, writer) => button(letter, `${letter} ${what}`, () => doAt(verb, { writer })));
}

function openMenu(shown) {
  closeMenu();
  chosen = shown;
  shown.made.classList.add("chosen");
  const again = button("Another way", "The same writer goes on with other draws", () => {
    doAt("again", { writer: shown.writer });
  });
  menu.replaceChildren(
    group("Goes on after this step", ...goButtons("go", "goes on after this step"), ...(shown.writer < letters().length ? [again] : [])),
    group(
      "Text",
      button("Edit", "Rewrite this step", () => edit(shown)),
      button("Write after", "Put your own words after this step", () => write(shown)),
      button("Cut after", "Leave out what follows; it stays in its own branch", () => doAt("cut")),
    ),
    ...moreGroups(shown),
  );
  shown.made.append(menu);
  menu.scrollIntoView({ block: "nearest" });
}

function closeMenu() {
  chosen?.made.classList.remove("chosen");
  menu.remove();
  chosen = null;
}

// A box in the place of a step's text. `save` gets what was written and whether what follows is left out.
function askForText(shown, text, save) {
  closeMenu();
  trace.querySelector(".writing-box")?.remove();
  const box = make("form", "writing-box");
  const area = make("textarea", "", text);
  area.rows = Math.min(8, Math.max(2, Math.ceil(text.length / 60)));
  area.setAttribute("aria-label", "Your words");
  const finish = (cut) => {
    save(area.value, cut);
    box.remove();
  };
  const buttons = make("div", "group");
  buttons.append(
    button("Save", "What follows stays", () => finish(false)),
    button("Save and cut", "What follows is left out; it stays in its own branch", () => finish(true)),
    button("Cancel", "", () => box.remove()),
  );
  area.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") box.remove();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) finish(false);
  });
  box.addEventListener("click", (event) => event.stopPropagation());
  box.append(area, buttons);
  shown.made.append(box);
  area.focus();
}

function edit(shown) {
  const body = shown.body.data;
  const place = here();
  const lead = shown.text.slice(0, shown.text.indexOf(body));
  const end = shown.text.slice(lead.length + body.length);
  askForText(shown, body, (text, cut) => act("edit", { ...place, text: text ? lead + text + end : "", cut }));
}

function write(shown) {
  const place = { start: shown.end, offset: shown.end };
  const glue = shown.text.endsWith("\n") ? "" : "\n";
  askForText(shown, "", (text, cut) => text && act("edit", { ...place, text: `${glue}${text}\n`, cut }));
}

const emptyPage = trace.querySelector(".empty-page");
emptyPage.append(
  button("Or begin in your own words", "Write the first step yourself, then let a model go on from it", () => {
    askForText({ made: emptyPage }, "", (text) => text && act("begin", { text: `${text}\n` }));
  }),
);

rows.addEventListener("click", (event) => {
  const step = event.target.closest(".step");
  if (!step || String(getSelection()) || event.target.closest(".writing-box")) return;
  if (chosen?.made === step) closeMenu();
  else openMenu(step.shown);
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.(".step")) closeMenu();
});
