// The buttons, how far the samples are, and the news of them as long as the page is open.

const state = page.querySelector(".state");
const bar = page.querySelector(".progress");

function say(text) {
  state.textContent = text ?? "";
}

function told(news) {
  const { finished, samples, model, done, of, tokens } = news.progress;
  const count = `${finished} of ${samples} samples`;
  const pace = tokens ? ` · ${tokens.toLocaleString("en")} tokens` : "";
  if (news.status === "waiting") return news.before ? `Waiting: ${news.before} ahead of you.` : "Waiting for a place.";
  if (news.status === "loading") return "Loading the models.";
  if (news.status === "drawing") return `${count}${pace}${model ? ` · ${model} has written ${done} of ${of}` : " · the first are being written"}`;
  const time = ` · ${news.seconds.toFixed(1)} s`;
  if (news.status === "stopped") return `${news.why} Stopped at ${count}${pace}${time}. Those that finish first are the short ones: these shares lean to them.`;
  return news.status === "failed" ? `${news.why} ${count}.` : `${count}${pace}${time}`;
}

function showState(news) {
  const running = ["waiting", "loading", "drawing"].includes(news.status);
  document.getElementById("run").disabled = running;
  document.getElementById("stop").disabled = !running;
  page.dataset.status = news.status;
  say(told(news));
  bar.setAttribute("aria-valuemax", news.progress.samples);
  bar.setAttribute("aria-valuenow", news.progress.finished);
  bar.firstElementChild.style.width = `${(100 * news.progress.finished) / news.progress.samples}%`;
}

function showCast(news) {
  const who = news.models.map((name, place) => {
    const made = make("span", "");
    made.append(make("b", `writer-${"AB"[place]}`, "AB"[place]), ` ${name}`);
    return made;
  });
  const passes = news.arms.some((arm) => arm.arm.includes("-"));
  page.querySelector(".cast").replaceChildren(...who, make("span", "", `${passes ? `hand-over: ${news.rule} · ` : ""}seed ${news.seed}`));
}

function draw(news) {
  if (news.run !== drawn.run) drawn = { ...drawn, run: news.run, samples: [], chosen: null };
  drawn = { ...drawn, version: news.version, arms: news.arms, models: news.models };
  drawn.samples.push(...news.samples);
  page.querySelector(".drawn .question").textContent = news.question;
  page.querySelector(".drawn .gold").hidden = news.gold == null;
  page.querySelector(".drawn .gold b").textContent = news.gold ?? "";
  showCast(news);
  page.querySelector(".files").hidden = !news.progress.finished;
  showState(news);
  showArms();
  if (news.samples.length || drawn.chosen == null) showSamples();
}

async function showCut() {
  const from = page.querySelector(".from");
  if (!cut) return;
  const here = await ask("cut", cut);
  if (!here) return forget();
  from.hidden = false;
  from.querySelector(".question").textContent = here.question;
  from.querySelector(".how-much").textContent = `${here.text.length.toLocaleString("en")} characters${here.steered ? ", including a steer" : ""}`;
  from.querySelector(".kept").textContent = here.text.length > 600 ? `… ${here.text.slice(-600)}` : here.text;
  document.body.classList.add("from-cut");
  from.querySelector("header").append(button("Begin at the question instead", "Leave the cut", leaveCut));
  trigger("restore", cut);
}

function forget() {
  cut = null;
  sessionStorage.removeItem(CUT);
}

function leaveCut() {
  forget();
  page.querySelector(".from").hidden = true;
  document.body.classList.remove("from-cut");
}

async function follow() {
  while (element.isConnected) {
    const seen = { key, run: drawn.run, version: drawn.version, samples: drawn.samples.length };
    const news = await server.look(seen).catch(() => null);
    if (news?.arms) draw(news);
    else if (!news) await new Promise((resolve) => setTimeout(resolve, 1000)); // the server is away for the moment
  }
}

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("#draw button");
  if (!pressed || pressed.disabled) return;
  if (pressed.id === "run") trigger("start", { key, visitor, cut });
  else server.stop({ key });
});
showCut();
follow();
