// Further groups of the menu: steers, what a model would answer now, and where the text comes from.

function say(shown, writer) {
  const place = here();
  askForText(shown, "", (text) => text && act("say", { ...place, writer, text }));
}

function moreGroups(shown) {
  const writer = modelAt(shown.writer);
  const probes = letters().map((letter, place) =>
    button(letter, `What ${letter} would answer if the thinking ended here`, () => doAt("probe", { writer: place })),
  );
  const steers = group(
    `Steer, then ${letters()[writer]} goes on`,
    button("Distract", "The beginning of the thinking on another question", () => doAt("distract", { writer })),
    button("Guide", "The beginning of the next model's thinking on this question, from the start", () => doAt("guide", { writer })),
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
