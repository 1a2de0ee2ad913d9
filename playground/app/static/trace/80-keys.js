// Keys. Those without Ctrl or Alt wait until nobody types.

const KEYS = [
  ["Ctrl Enter", "run", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey)],
  ["Alt Enter", "continue", (event) => event.key === "Enter" && event.altKey],
  ["Esc", "stop, or close the menu", (event) => event.key === "Escape"],
  ["Ctrl Shift Z", "redo", (event) => event.key.toLowerCase() === "z" && event.shiftKey && (event.ctrlKey || event.metaKey)],
  ["Ctrl Z", "undo", (event) => event.key.toLowerCase() === "z" && !event.shiftKey && (event.ctrlKey || event.metaKey)],
  ["H", "hand over now", (event) => plain(event, "h")],
  ["P", "pause", (event) => plain(event, "p")],
  ["R", "retry", (event) => plain(event, "r")],
  ["T", "shade tokens", (event) => plain(event, "t")],
  ["M", "typeset mathematics", (event) => plain(event, "m")],
  ["↑ ↓", "choose a step", (event) => plain(event, "arrowup") || plain(event, "arrowdown")],
  ["← →", "go to another branch", (event) => plain(event, "arrowleft") || plain(event, "arrowright")],
  ["?", "these keys", (event) => event.key === "?"],
];
const PRESSES = { run: "run", continue: "continue", redo: "redo", undo: "undo", pause: "pause", retry: "retry", "hand over now": "hand-over" };
const WHILE_TYPING = new Set(["run", "continue", "stop, or close the menu"]);
const help = make("dialog", "help");

function plain(event, name) {
  return event.key.toLowerCase() === name && !event.ctrlKey && !event.metaKey && !event.altKey;
}

function showHelp() {
  const list = make("dl", "");
  for (const [keys, what] of KEYS) list.append(make("dt", "", keys), make("dd", "", what));
  help.replaceChildren(make("b", "", "Keys"), list, button("Close", "", () => help.close()));
  help.showModal();
}

function chooseStep(step) {
  const steps = [...drawn.rows, drawn.tail].filter((shown) => shown && shown.body.data);
  const place = chosen ? steps.indexOf(chosen) + step : step < 0 ? steps.length - 1 : 0;
  if (!steps[place]) return;
  openMenu(steps[place]);
  steps[place].made.scrollIntoView({ block: "nearest" });
}

function press(what, event) {
  if (what === "stop, or close the menu") {
    if (chosen) closeMenu();
    else if (drawn.can.includes("stop")) act("stop");
  } else if (what === "choose a step") chooseStep(event.key === "ArrowUp" ? -1 : 1);
  else if (what === "go to another branch") nextBranch(event.key === "ArrowLeft" ? -1 : 1);
  else if (what === "shade tokens") shading.click();
  else if (what === "typeset mathematics") !typesetting.hidden && typesetting.click();
  else if (what === "these keys") showHelp();
  else if (drawn.can.includes(PRESSES[what])) act(PRESSES[what]);
}

trace.append(help);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable], [role='listbox'], dialog");
  const found = KEYS.find(([, , fits]) => fits(event));
  if (!found || (typing && !WHILE_TYPING.has(found[1]))) return;
  if (!typing || found[1] === "run") event.preventDefault();
  press(found[1], event);
});
