// Further groups of the menu: steers, what a model would answer now, and where the text comes from.

function busy(text) {
  const foot = trace.querySelector(".ending");
  foot.dataset.outcome = "";
  foot.querySelector(".sign").textContent = "…";
  foot.querySelector(".outcome").textContent = text;
  foot.querySelector(".why").textContent = "";
}

function steer(verb, writer, text) {
  doAt(verb, { writer });
  busy(text);
}

function say(shown, writer) {
  const place = here();
  askForText(shown, "", (text) => text && act("say", { ...place, writer, text }));
}

function moreGroups(shown) {
  const writer = modelAt(shown.writer);
  const probes = letters().map((letter, place) =>
    button(letter, `What ${letter} would answer if the thinking ended here`, () => {
      doAt("probe", { writer: place });
      busy(`${letter} answers`);
    }),
  );
  const steers = group(
    `Steer, then ${letters()[writer]} goes on`,
    button("Distract", "The beginning of the thinking on another question", () => steer("distract", writer, "Thinking about another question")),
    button("Guide", "The beginning of the next model's thinking on this question, from the start", () => steer("guide", writer, "The guide thinks")),
    button("Own words", "Put your own text in as a steer", () => say(shown, writer)),
  );
  const about = make("dl", "origin");
  server.ask({ what: "origin", key, start: shown.start }).then(({ lines }) => {
    for (const [name, text] of lines ?? []) {
      const pair = make("div", "");
      pair.append(make("dt", "", name), make("dd", "", text));
      about.append(pair);
    }
  });
  return shown.kind === "answer" ? [about] : [steers, outcomesGroup(shown), group("What would it answer now?", ...probes), about];
}
