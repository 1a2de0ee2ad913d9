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
