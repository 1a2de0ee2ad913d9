// What every page's script makes elements with: their text is set as text, never as HTML.

function make(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(label, title, press) {
  const made = make("button", "small", label);
  made.type = "button";
  if (title) made.title = title;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    press(made);
  });
  return made;
}

// A browser has no clipboard for a page that comes over plain HTTP from another machine: there the link is shown.
function copyButton(title, link) {
  return button("Copy link", title, async (pressed) => {
    if (!navigator.clipboard) return prompt(title, link());
    await navigator.clipboard.writeText(link());
    pressed.textContent = "Copied";
  });
}

// Lets somebody take a file away: its name, type and text.
function offer(file) {
  const made = document.createElement("a");
  made.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
  made.download = file.name;
  made.click();
  setTimeout(() => URL.revokeObjectURL(made.href), 10_000);
}
