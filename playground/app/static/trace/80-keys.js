// Keys. Most wait until nobody types, and all of them while a dialog is open: it has keys of its own.

// How a key is written, what it does in words, which events are meant, what is done, and whether also while somebody types.
const KEYS = [
  ["Ctrl/⌘ Enter", "run", (event) => event.key === "Enter" && command(event), runFromAnywhere, true],
  ["Alt Enter", "continue", (event) => event.key === "Enter" && event.altKey, () => actIfAble("continue"), true],
  ["Esc", "stop, or close what is open", (event) => event.key === "Escape" && !event.target.closest?.("[role='combobox']"), closeOrStop, true],
  ["Ctrl/⌘ Z", "undo", (event) => event.key.toLowerCase() === "z" && command(event) && !event.shiftKey, () => actIfAble("undo")],
  ["Ctrl/⌘ Shift Z", "redo", (event) => event.key.toLowerCase() === "z" && command(event) && event.shiftKey, () => actIfAble("redo")],
  ["H", "hand over now", (event) => plain(event, "h"), () => actIfAble("hand-over")],
  ["P", "pause", (event) => plain(event, "p"), () => actIfAble("pause")],
  ["R", "retry", (event) => plain(event, "r"), () => actIfAble("retry")],
  ["T", "shade tokens", (event) => plain(event, "t"), () => shading.click()],
  ["M", "typeset mathematics", (event) => plain(event, "m"), () => typesetting.hidden || typesetting.click()],
  ["↑ ↓", "choose a step", (event) => plain(event, "arrowup", "arrowdown"), (event) => chooseStep(event.key === "ArrowUp" ? -1 : 1)],
  ["← →", "go to another branch", (event) => plain(event, "arrowleft", "arrowright"), (event) => nextBranch(event.key === "ArrowLeft" ? -1 : 1)],
  ["?", "these keys", (event) => event.key === "?", showHelp],
];
const TYPED_INTO = "input, textarea, select, [contenteditable], [role='listbox']";
const help = make("dialog", "help");

function command(event) {
  return event.ctrlKey || event.metaKey;
}

function plain(event, ...names) {
  return names.includes(event.key.toLowerCase()) && !command(event) && !event.altKey;
}

function actIfAble(verb) {
  if (drawn.can.includes(verb)) act(verb);
}

// The field that was typed into lets go, so that the next key is no text.
function runFromAnywhere() {
  document.activeElement?.blur();
  actIfAble("run");
}

function closeOrStop() {
  if (popover.isConnected) popover.remove();
  else if (chosen) closeMenu();
  else actIfAble("stop");
}

function chooseStep(step) {
  const steps = [...drawn.rows, drawn.tail].filter((shown) => shown?.body.data);
  const place = chosen ? steps.indexOf(chosen) + step : step < 0 ? steps.length - 1 : 0;
  if (!steps[place]) return;
  openMenu(steps[place]);
  steps[place].made.scrollIntoView({ block: "nearest" });
  menu.querySelector("button").focus({ preventScroll: true });
}

function showHelp() {
  const list = make("dl", "");
  for (const [keys, told] of KEYS) list.append(make("dt", "", keys), make("dd", "", told));
  help.replaceChildren(make("b", "", "Keys"), list, button("Close", "", () => help.close()));
  help.showModal();
}

trace.append(help);
document.addEventListener("keydown", (event) => {
  if (!event.key || document.querySelector("dialog[open]")) return; // a browser that fills in a field names no key
  const typing = event.target.closest?.(TYPED_INTO);
  const [, , , press, whileTyping] = KEYS.find(([, , fits]) => fits(event)) ?? [];
  if (!press || (typing && !whileTyping)) return;
  if (!typing || press === runFromAnywhere) event.preventDefault();
  press(event);
});
