// Mathematics, typeset on demand by the KaTeX that comes with Gradio, as MathML: no network, no style sheet, no font.
// Only the steps in sight are typeset; the text between formulas stays text, and KaTeX makes no links or pictures.

const KATEX = "/* katex */";
const FORMULA = /\$\$([^]+?)\$\$|\\\[([^]+?)\\\]|\\\(([^]+?)\\\)|\$(?![\s\d,.]*\s)([^$\n]+?)\$(?!\d)|(\\boxed\{(?:[^{}]|\{[^{}]*\})*\})/g;
const LONGEST_FORMULA = 2000;
let katex = null;

const typesetting = button("Math", "Typeset formulas; click again for the text as written", async () => {
  if (trace.classList.contains("shaded")) shading.click();
  const on = trace.classList.toggle("typeset");
  typesetting.setAttribute("aria-pressed", on);
  if (!on) return clearFormulas();
  katex ??= (await import(new URL(KATEX, document.baseURI))).default;
  typesetQuestion();
  for (const shown of allRows()) formulasInSight.observe(shown.made);
});
typesetting.setAttribute("aria-pressed", false);
typesetting.hidden = !KATEX;
shading.before(typesetting);

const formulasInSight = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) typeset(entry.target.shown);
});

function clearFormulas() {
  formulasInSight.disconnect();
  showQuestion();
  for (const shown of allRows()) {
    shown.formulas?.replaceWith(shown.body);
    shown.formulas = null;
  }
}

function typeset(shown) {
  formulasInSight.unobserve(shown.made);
  if (shown.formulas || shown.shades || !shown.body.isConnected) return;
  const made = formulasIn(shown.body.data);
  if (!made) return;
  shown.body.replaceWith(made);
  shown.formulas = made;
}

// The question, and the correct answer, which is a formula as a whole where it has a command in it.
function typesetQuestion() {
  const made = formulasIn(drawn.question);
  if (made) trace.querySelector(".question").replaceChildren(made);
  if (drawn.gold?.includes("\\")) trace.querySelector(".gold b").replaceChildren(formula(drawn.gold, false, drawn.gold));
}

// A text with its formulas typeset; null where it has none.
function formulasIn(text) {
  const made = make("span", "formulas");
  let at = 0;
  for (const found of text.matchAll(FORMULA)) {
    const [whole, double, bracketed, inline, single, boxed] = found;
    if (whole.length > LONGEST_FORMULA) continue;
    made.append(text.slice(at, found.index), formula(double ?? bracketed ?? inline ?? single ?? boxed, double != null || bracketed != null, whole));
    at = found.index + whole.length;
  }
  if (!at) return null;
  made.append(text.slice(at));
  return made;
}

// What KaTeX cannot read stays as it was written.
function formula(source, displayMode, whole) {
  const made = make("span", "formula");
  made.title = whole;
  try {
    katex.render(source, made, { output: "mathml", displayMode, trust: false, maxExpand: 200, maxSize: 20, strict: "ignore" });
  } catch {
    made.textContent = whole;
  }
  return made;
}
