"""A run's report in Markdown: what was run, what came out, how to read it, how to repeat it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from evaluator.findings import Findings
from evaluator.measure_tables import pass_table, probe_table, solve_count_table, turning_table
from evaluator.metrics import Cell, Metric, Place
from evaluator.quotes import Quote
from evaluator.tables import breakdown, class_table, main_table, markdown, rank_table
from playground.records import Test

LONGEST_QUOTE = 900
"""Characters of a continuation that a report quotes."""

READING = """\
- Every rate is a micro average over continuations; an answer that is missing or was cut off counts as a failure.
  Outcomes of class `error`, where the engine could not do the work, are in no denominator; they are counted below.
- Each question stands once at each position, so that recoverability is also the mean over the positions.
- `benchmark` is the macro average over the benchmarks of the mean Pass@1 alone.
- `recoverability` and `guidability` without further words are figures on the shared subset. Recoverability shared:
  questions that every model of the run solves in all its samples. Individual: drawn for each model from those it
  solves at least once, rare solve counts as likely as common ones.
- Guidability shared: questions hard for all of the weaker two thirds of the models, guided by the models above them.
  Individual: questions hard for the model, guided by every model with a higher score.
- `adopted`: the continuation's number is the answer to the distractor's question, at times by chance. `leaked`: the
  steer already names the gold answer.
- Intervals cover 95 %: Wilson's, for the number of independent trials that would have the standard error found by
  questions. The macro average joins the intervals of its benchmarks."""

READING_OF = {
    "variants": """\
- Other disturbances are no part of recoverability's own figure. `first-paragraph`: the distractor comes without its
  first paragraph, behind that of the own reasoning at least. `other-models`: another model's reasoning. `digits`: typos
  in the numbers of the model's own reasoning, and no distractor.""",
    "control": "- Control: guides' steps before questions that the model solves every time alone.",
    "likelihood": """\
- Probability of the guide's steps: the mean over their tokens under the guided model, behind the question; Welch's
  t-test between continuations that succeed and fail.""",
    "release": "- Steers are cut into chunks of 30 to 60 words and joined as in the release.",
    "judge": "- As judged: a model listed the candidate answers of a steer, and said whether the gold is among them.",
}
"""The same, of what only some runs have."""


def report_text(findings: Findings, figure_names: Sequence[str]) -> str:
    """The whole report; `figure_names` are the figures that were drawn."""
    parts = [
        _heading(findings),
        "## Results\n\nIn per cent, with intervals of 95 %.\n\n" + _main(findings),
        _absences(findings),
        *(_figure(name) for name in figure_names),
        "## How to read the figures\n\n" + "\n".join([READING, *_asked_for(findings)]),
        "## In detail\n\n" + "\n\n".join(_details(findings)),
        "## Samples\n\n" + "\n\n".join(map(_quoted, findings.quotes)) if findings.quotes else "",
        "## Denominators\n\n" + markdown(class_table(findings.figures)),
        "## Reproducibility card\n\n" + _card(findings),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _asked_for(findings: Findings) -> list[str]:
    """How to read what only some runs have."""
    config = findings.config
    present = {
        "variants": config.variants != ("own",),
        "control": config.control > 0,
        "likelihood": config.likelihood,
        "release": config.protocol == "release",
        "judge": bool(config.judge),
    }
    return [READING_OF[name] for name, there in present.items() if there]


def _main(findings: Findings) -> str:
    return "\n\n".join([markdown(main_table(findings.figures, findings.models)), *_sentences(findings)])


def _sentences(findings: Findings) -> list[str]:
    """The extremes of each test in words."""
    found = []
    for (test, subset), rows in findings.ranks.groupby(["test", "subset"], sort=False):
        if len(rows) > 1:
            ordered = rows.sort_values("score", kind="stable").to_dict("records")
            low, high = ordered[0], ordered[-1]
            found.append(
                f"- {str(test).capitalize()}, {subset}: from {low['score']:.1%} ({low['model']}, benchmark"
                f" {low['benchmark']:.1%}) to {high['score']:.1%} ({high['model']}, benchmark {high['benchmark']:.1%})."
            )
    return ["\n".join(found)] if found else []


def _heading(findings: Findings) -> str:
    config, total = findings.config, len(findings.outcomes)
    state = "" if findings.complete else "\n\n**This run is not finished; the figures are those of its ledger so far.**"
    steered = ", then one continuation of each steered prompt" if config.tests else ""
    what = {
        "recoverability": f"a distraction is the first {_first(config.steers)} of the model's own reasoning on one of"
        f" {config.pool} other questions, put in after {_percents(config.positions)} of its correct one",
        "guidability": f"a guide's steps are the first {_percents(config.lengths)} of"
        f" {_written_by(config.guides)} correct reasoning",
    }
    said = "; ".join(text for test, text in what.items() if test in config.tests)
    return (
        f"# Twin tests: preset {config.preset}\n\n"
        f"{', '.join(config.models)} on {config.limit} tested questions: alone {config.n} times at temperature"
        f" {config.temperature:g} and top-p {config.top_p:g}{steered}, {total:,} outcomes in all."
        f"{f' {said[0].upper()}{said[1:]}.' if said else ''}{state}"
    )


def _written_by(guides: Sequence[str]) -> str:
    return f"{' or '.join(guides)}'s" if guides else "a stronger model's"


def _first(shares: Sequence[float]) -> str:
    return f"{shares[0]:.0%}" if len(shares) == 1 else _percents(shares)


def _percents(shares: Sequence[float]) -> str:
    first = ", ".join(f"{100 * share:g}" for share in shares[:-1])
    return f"{first} or {100 * shares[-1]:g} %" if first else f"{100 * shares[-1]:g} %"


def _absences(findings: Findings) -> str:
    empty = [item for item in findings.selections if item.absent]
    lines = [f"- {item.model}, {item.test}, {item.subset}: {item.absent}." for item in empty]
    return "A dash stands for a test without trials:\n\n" + "\n".join(lines) if lines else ""


_CAPTIONS = {
    "recoverability": "Accuracy after a distraction, by how much of the model's own reasoning stands before it.",
    "guidability": "Accuracy behind a stronger model's first steps, and the share of steers that name the answer.",
    "ranks": "Recoverability against the benchmark, and how ranks change between the two (1 is the lowest).",
}


def _figure(name: str) -> str:
    return f"![{_CAPTIONS[name]}](figures/{name}.png)\n\n*{_CAPTIONS[name]}*"


_BREAKDOWNS: tuple[tuple[str, Test, str, Cell, Metric], ...] = (
    ("Alone, by benchmark", "solo", "", "benchmark", "accuracy"),
    ("Recoverability by position, shared", "recoverability", "shared", "position", "accuracy"),
    ("Recoverability by position, individual", "recoverability", "individual", "position", "accuracy"),
    ("Adopted the distraction by position, individual", "recoverability", "individual", "position", "adopted"),
    ("Recoverability by how often the question is solved alone", "recoverability", "individual", "solved", "accuracy"),
    ("Guidability by length, shared", "guidability", "shared", "length", "accuracy"),
    ("Guidability by length, individual", "guidability", "individual", "length", "accuracy"),
    ("Steers that name the answer, individual", "guidability", "individual", "length", "leakage"),
    ("Steers that hold the answer, as judged, individual", "guidability", "individual", "length", "leakage_judged"),
    ("Guidability by guide, individual", "guidability", "individual", "guide", "accuracy"),
    ("Recoverability by the distractor's length, shared", "recoverability", "shared", "steer", "accuracy"),
    ("Recoverability by the distractor's length, individual", "recoverability", "individual", "steer", "accuracy"),
    ("Recoverability by position and length, individual", "recoverability", "individual", "cut", "accuracy"),
    ("Other disturbances, shared", "recoverability", "shared", "variant", "accuracy"),
    ("Other disturbances, individual", "recoverability", "individual", "variant", "accuracy"),
    ("Other disturbances by position, individual", "recoverability", "individual", "variant_position", "accuracy"),
    ("Guidability of questions solved every time alone", "guidability", "control", "length", "accuracy"),
)


def detail_tables(findings: Findings) -> dict[str, pd.DataFrame]:
    """The tables of the details by their titles; those without a row are left out."""
    tables = {}
    for title, test, subset, cell, metric in _BREAKDOWNS:
        like = Place(model="", test=test, subset=subset, cell=cell)
        tables[title] = breakdown(findings.figures, like, findings.models, metric)
    if len(findings.models) > 1:
        tables["Ranks"] = rank_table(findings.ranks)
    tables["Alone, pass@k"] = pass_table(findings.measures, findings.models)
    tables["Questions by how often they are solved alone"] = solve_count_table(findings.measures, findings.models)
    tables["Turning back after a distraction"] = turning_table(findings.figures, findings.measures, findings.models)
    tables["Probability of the guide's steps"] = probe_table(findings.probe)
    return {title: table for title, table in tables.items() if not table.empty}


def _details(findings: Findings) -> list[str]:
    return [f"### {title}\n\n{markdown(table)}" for title, table in detail_tables(findings).items()]


def _quoted(quote: Quote) -> str:
    trial, outcome = quote.record.trial, quote.record.outcome
    what = trial.condition
    where = f"at {what.own:.0%}" if what.test == "recoverability" else f"with {what.steer:.0%} of {what.author}'s steps"
    text = outcome.text if len(outcome.text) <= LONGEST_QUOTE else outcome.text[:LONGEST_QUOTE] + " […]"
    return (
        f"### {quote.title}\n\n{trial.model}, {what.test} {where}, trial `{outcome.trial_id}`:"
        f" **{outcome.verdict}** ({outcome.why}; gold {trial.question.gold}).\n\n"
        f"Question\n\n{_fenced(trial.question.text)}\n\nStands in the thinking\n\n{_fenced(trial.prefix)}\n\n"
        f"Continuation\n\n{_fenced(text)}"
    )


def _fenced(text: str) -> str:
    """Text as a code block: a model's words are never read as Markdown."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _card(findings: Findings) -> str:
    card = findings.manifest
    models = "\n".join(
        f"- {item['name']}: revision {item['identity']['revision']}, {item['identity']['engine']}"
        f" {item['identity']['engine_version']}, {item['identity']['device']}, {item['identity']['dtype']}"
        for item in card["models"]
    )
    packages = ", ".join(f"{name} {version}" for name, version in card["packages"].items())
    config = "\n".join(f"- {key}: {value}" for key, value in card["config"].items() if key != "models")
    return (
        f"Started {card['started']} with\n\n{_fenced(' '.join(card['command_line']))}\n\n{models}\n{config}\n"
        f"- questions: SHA-256 {card['hashes']['questions']}\n- prompts: SHA-256 {card['hashes']['prompts']}\n"
        f"- software: Python {card['python']} on {card['platform']}; {packages}\n"
        f"- commit {card['git_revision'] or 'unknown'}\n\n{card['seed_policy']}"
    )
