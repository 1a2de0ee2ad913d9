// What can be done with a sample: open it on the relay page, put another beside it, and give a verdict of one's own.

const PERSON = "off-trajectory-person";
let other = "";

async function openSample(at_) {
  const begun = await ask("begin", { run: at.run, sample: at.sample, visitor, other, at: at_ });
  if (begun) openInRelay(begun.key);
}

// Many times from the cut: a session as for the relay page, of which the page of outcomes draws samples.
async function drawSample(offset) {
  const begun = await ask("begin", { run: at.run, sample: at.sample, visitor, other, at: "cut" });
  if (begun) openInOutcomes({ work: begun.key, branch: 0, offset });
}

async function saveCondition() {
  const file = await ask("condition", { run: at.run, sample: at.sample, other });
  if (file) offer(file);
}

function tools(found) {
  const made = make("div", "tools-of");
  const models = [["", "the model under test"], ...known.models.map((name) => [name, name])];
  const relay = make("div", "group");
  relay.append(
    button("Open in Relay at the cut", "A new session: the trajectory as the evaluator asked for its continuation", () => openSample("cut")),
    button("… with what it wrote", "The same, with the run's continuation shown first", () => openSample("end")),
    button("×n outcomes", "The models go on from the cut, each many times: how often are they right?", () => drawSample(found.cut)),
    button("Save as a condition", "A file for python -m evaluator.condition: this question, cut and steer", saveCondition),
    copyButton("Opens this sample again", () => location.href),
  );
  const beside = select("other", models, other, (value) => { other = value; });
  made.append(field("Model B there", beside), besideChoice(found), relay, decisionForm());
  if (found.same_prompt === false) {
    made.append(make("p", "dim warning", "This page asks the model of this name with a template that is not the run's: a continuation here is not the run's either."));
  }
  return made;
}

function decisionForm() {
  const form = make("form", "decision-form");
  const outcome = select("outcome", Object.entries(VERDICTS).map(([name, [, label]]) => [name, label]), "correct", () => {});
  const author = make("input", "");
  const username = window.gradio_config?.username; // of somebody who has logged in
  author.value = username || localStorage.getItem(PERSON) || "";
  author.readOnly = Boolean(username);
  author.placeholder = "your name";
  author.maxLength = 60;
  const reason = make("input", "");
  reason.placeholder = "why";
  reason.maxLength = 2000;
  const save = make("button", "small", "Save verdict");
  form.append(field("Your verdict", outcome), field("Name", author), field("Reason", reason), save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!username) localStorage.setItem(PERSON, author.value);
    const decision = { run: at.run, sample: at.sample, outcome: outcome.value, author: author.value, reason: reason.value };
    trigger("decide", { number: Date.now(), decision });
  });
  return folded("Give a verdict of your own", false, form);
}

watch("value", () => {
  const { done, error } = props.value;
  if (!done) return;
  say(error);
  if (error) return;
  overviewOf = "";
  showSample();
});
