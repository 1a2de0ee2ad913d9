// The run and the filters at the left. A change is a new address; the list follows.

const TEST_NAMES = { solo: "alone", recoverability: "recoverability", guidability: "guidability" };
const SORTS = [
  ["", "as written"],
  ["question", "question"],
  ["model", "model"],
  ["position", "position"],
  ["length", "length"],
  ["tokens", "tokens"],
  ["backtracks", "backtracks"],
  ["verdict", "outcome"],
];

function field(label, control) {
  const made = make("label", "field");
  control.setAttribute("aria-label", label); // the text of a label around a list has that of all its options
  made.append(make("span", "", label), control);
  return made;
}

function select(name, options, value, change) {
  const made = make("select", "");
  made.name = name;
  for (const [key, label] of options) {
    const option = make("option", "", label);
    option.value = key;
    made.append(option);
  }
  if (!options.some(([key]) => key === value)) made.append(Object.assign(make("option", "", value), { value }));
  made.value = value;
  made.addEventListener("change", () => change(made.value));
  return made;
}

function filter(name, label, options) {
  const all = [["", "all"], ...options];
  return field(label, select(name, all, at[name], (value) => go({ [name]: value, start: "", sample: "", beside: "" })));
}

function search(name, label, hint) {
  const made = make("input", "");
  made.type = "search";
  made.name = name;
  made.value = at[name];
  made.placeholder = hint;
  made.maxLength = 200;
  made.addEventListener("change", () => go({ [name]: made.value.trim(), start: "", sample: "", beside: "" }));
  return field(label, made);
}

function numbers(name) {
  return (known.choices[name] ?? []).map((share) => [String(share), percent(share)]);
}

function plainly(name) {
  return (known.choices[name] ?? []).map((value) => [value, TEST_NAMES[value] ?? VERDICTS[value]?.[1] ?? value]);
}

function order() {
  const sort = select("sort", SORTS, at.sort, (value) => go({ sort: value, start: "" }));
  const down = make("input", "");
  down.type = "checkbox";
  down.checked = at.descending === "yes";
  down.addEventListener("change", () => go({ descending: down.checked ? "yes" : "", start: "" }));
  const box = make("label", "check");
  box.append(down, "descending");
  return [field("Sorted by", sort), box];
}

function showFilters() {
  const active = document.activeElement?.form === filters ? document.activeElement.name : null;
  const names = known.runs.map((name) => [name, name]);
  const run = select("run", names, at.run, (value) => location.assign(`${location.pathname}?${new URLSearchParams({ run: value })}`));
  const clear = button("Clear filters", "", () => {
    go(Object.fromEntries([...TEXTS, ...NUMBERS, "descending", "start", "sample", "beside"].map((name) => [name, ""])));
  });
  filters.replaceChildren(
    field("Run", run),
    filter("model", "Model", plainly("model")),
    filter("test", "Test", plainly("test")),
    filter("position", "Position of the steer", numbers("position")),
    filter("length", "Length of the steer", numbers("length")),
    filter("verdict", "Outcome", plainly("verdict")),
    filter("backtracked", "Backtracking", [["yes", "turns back"], ["no", "does not"]]),
    filter("review", "Second opinions", [["disputed", "differ from the rules"], ["decided", "a person's verdict"]]),
    search("question", "Question", "its id"),
    search("text", "Text", "in question or completion"),
    ...order(),
    clear,
  );
  if (active) filters.elements[active]?.focus();
}

filters.addEventListener("submit", (event) => event.preventDefault());
