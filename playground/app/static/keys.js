// Keys: Ctrl or Cmd with Enter runs, Escape stops, H hands over (not while somebody types).
const keys = [
  ["run", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey)],
  ["stop", (event) => event.key === "Escape"],
  ["hand-over", (event) => event.key.toLowerCase() === "h" && !event.ctrlKey && !event.metaKey && !event.altKey],
];
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, [contenteditable]");
  for (const [name, fits] of keys) {
    const button = document.getElementById(name);
    if (fits(event) && !(typing && name === "hand-over") && button && !button.disabled) button.click();
  }
});
