// One model: what it can do and why not, how it marks its thinking, how it is sampled, and the exact prompts.

const report = page.querySelector(".report");

function definitions(pairs) {
  const list = make("dl", "facts");
  for (const [term, value, why] of pairs) {
    const told = make("dd", "", String(value));
    if (why) told.append(make("small", "", why));
    list.append(make("dt", "", term), told);
  }
  return list;
}

function worded(value) {
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "number" ? value.toLocaleString("en") : String(value);
}

function abilities(model) {
  if (!model.capabilities) return [["known when it is loaded", model.why || ""]];
  const { why, ...values } = model.capabilities;
  return Object.entries(values).map(([name, value]) => [name.replaceAll("_", " "), worded(value), why[name]]);
}

function runs(model) {
  const { identity } = model;
  const memory = size(model.held_bytes) || (model.needs_bytes ? `about ${size(model.needs_bytes)} when loaded` : "not known before it is loaded");
  const known = [["engine", `${model.engine} ${identity?.engine_version ?? ""}`], ["memory", memory]];
  if (identity) known.push(["revision", identity.revision], ["runs as", `${identity.dtype} on ${identity.device}`]);
  if (model.source) known.push(["located at", model.source]);
  if (model.note) known.push(["note", model.note]);
  return known;
}

function thinking({ think, contradictions }) {
  if (!("close" in think)) return [["tags", "not known"]];
  const tags = think.open == null ? "none: thinking and answer are one text" : `${think.open} … ${think.close}`;
  return [["tags", tags], ["according to", think.from || "the engine"], ["contradictions", contradictions.join("; ") || "none"]];
}

function sampling({ sampling: drawn }) {
  return ["temperature", "top_p", "top_k", "max_tokens"].filter((name) => name in drawn).map((name) => [name, drawn[name] || (name === "top_k" ? "none" : drawn[name])]);
}

function prompts(model) {
  return Object.entries(model.prompts).flatMap(([stage, text]) => {
    const shown = make("pre", "prompt", text);
    shown.tabIndex = 0;
    shown.setAttribute("aria-label", `Prompt, ${stage}`);
    return [make("h4", "", stage), shown];
  });
}

function buttons(model) {
  if (!model.operator) return [];
  const loaded = ["loaded", "in use"].includes(model.state);
  const made = button(loaded ? "Unload" : "Load", loaded ? "Frees its memory" : "Takes memory, and a while", (pressed) => {
    pressed.disabled = true;
    send(loaded ? "unload" : "load", model.name);
  });
  made.disabled = ["not here", "in use", "loading"].includes(model.state);
  return [made];
}

function showModel(model) {
  page.querySelector(".empty-page").hidden = Boolean(model && !model.error);
  if (!model || model.error) return report.replaceChildren();
  const head = make("header", "");
  head.append(make("h2", "", model.name), make("span", `state ${model.state.replace(" ", "-")}`, model.state), ...buttons(model));
  const part = (title, ...inside) => [make("h3", "", title), ...inside];
  report.replaceChildren(
    head,
    ...(model.state === "not here" ? [make("p", "why", model.why)] : []),
    ...part("Here", definitions(runs(model))),
    ...part("It can", definitions(abilities(model))),
    ...part("Thinking", definitions(thinking(model))),
    ...part("Sampling unless you say otherwise", definitions(sampling(model))),
    ...part("Its exact prompts", ...prompts(model)),
  );
}

function tell(text) {
  const notice = page.querySelector(".notice");
  notice.textContent = text;
  notice.hidden = !text;
}

function showAnswer({ text, model }) {
  tell(text || model?.error || "");
  showModel(model);
}
