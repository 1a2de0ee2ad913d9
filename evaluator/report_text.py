"""A run's report: what was run, what came out, how to read it, how to repeat it. Pure; knows no file format."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from evaluator import document
from evaluator.document import Block, Bullets, Code, Heading, Paragraph, Picture, Strong, Table
from evaluator.findings import Findings
from evaluator.measure_tables import pass_table, probe_table, solve_count_table, turning_table
from evaluator.metrics import Cell, Metric, Place
from evaluator.quotes import Quote
from evaluator.report_card import card_blocks
from evaluator.reviewed import disputed
from evaluator.tables import (
    breakdown,
    class_table,
    correlation_table,
    main_table,
    pair_table,
    rank_table,
    reference_table,
)
from playground.records import Test

LONGEST_QUOTE = 900
"""Characters of a continuation that a report quotes."""
MOST_PAIRS = 40
"""Rows of a table of pairs; the files hold all of them."""

READING = (
    "Every rate is a micro average over continuations; an answer that is missing or was cut off counts as a failure."
    " What the engine could not do (error) or the grader not decide (grader_timeout) is in no denominator, and counted"
    " below.",
    "Each question stands once at each position, so that recoverability is also the mean over the positions.",
    "benchmark is the macro average over the benchmarks of the mean Pass@1 alone.",
    "recoverability and guidability without further words are figures on the shared subset. Recoverability shared:"
    " questions that every model of the run solves in all its samples. Individual: drawn for each model from those it"
    " solves at least once, rare solve counts as likely as common ones.",
    "Guidability shared: questions hard for all of the weaker two thirds of the models, guided by the models above"
    " them. Individual: questions hard for the model, guided by every model with a higher score.",
    "adopted: the continuation's number is the answer to the distractor's question, at times by chance. leaked: the"
    " steer already names the gold answer."
    " turns back: a sentence of the continuation is marked as revising what stands before it; the mark reads words and"
    " does not judge them.",
    "Intervals of rates cover 95 %: Wilson's, for the number of independent trials that would have the standard error"
    " found by questions; tables/figures.csv has the percentile bootstrap over questions beside it. The macro average"
    " joins the intervals of its benchmarks.",
    "Pairs are compared on the questions that both sides were asked, under the same condition. Their intervals:"
    " bias-corrected and accelerated bootstrap over questions, both sides drawn together. p: permutation of the two"
    " sides question by question (McNemar's exact test where a question has one trial), corrected by Holm for the pairs"
    " of a test. McNemar: exact, on the questions with the higher and the lower rate. detectable: the least difference,"
    " in points, that would be seen with a power of 80 % at the 5 % level if questions scatter as these do.",
)

READING_OF = {
    "variants": "Other disturbances are no part of recoverability's own figure. first-paragraph: the distractor comes"
    " without its first paragraph, behind that of the own reasoning at least. other-models: another model's reasoning."
    " digits: typos in the numbers of the model's own reasoning, and no distractor.",
    "control": "Control: guides' steps before questions that the model solves every time alone.",
    "likelihood": "Probability of the guide's steps: the mean over their tokens under the guided model, behind the"
    " question; Welch's t-test between continuations that succeed and fail.",
    "release": "Steers are cut into chunks of 30 to 60 words and joined as in the release.",
    "judge": "As judged: a model listed the candidate answers of a steer, and said whether the gold is among them.",
}
"""The same, of what only some runs have."""

_CAPTIONS = {
    "recoverability": "Accuracy after a distraction, by how much of the model's own reasoning stands before it.",
    "positions": "The same as a map: accuracy after a distraction in per cent, with its interval of 95 %.",
    "ranks": "Recoverability against the benchmark, and how ranks change between the two (1 is the lowest).",
    "guidability": "Accuracy behind a stronger model's first steps, and the share of steers that name the answer.",
    "solved": "Recoverability by how often the question is solved alone; above each point the continuations behind it.",
    "turning": "Continuations that have turned back within so many tokens after the distraction (all subsets): how many"
    " ever did, and the median of their tokens.",
    "classes": "What became of the continuations.",
}


def report_blocks(findings: Findings, drawn: Collection[str]) -> list[Block]:
    """The whole report; `drawn` are the figures there are."""
    pictures = {name: Picture(name, caption) for name, caption in _CAPTIONS.items() if name in drawn}
    first = [pictures.pop(name) for name in ("recoverability", "ranks", "guidability") if name in pictures]
    return [
        *_heading(findings),
        Heading(2, "Results"),
        Paragraph(("In per cent, with intervals of 95 %.",)),
        Table(main_table(findings.figures, findings.models)),
        *_sentences(findings),
        *_absences(findings),
        *first,
        *_reference(findings),
        *_pairs(findings),
        Heading(2, "How to read the figures"),
        Bullets(tuple((line,) for line in (*READING, *_asked_for(findings)))),
        Heading(2, "In detail"),
        *pictures.values(),
        *_details(findings),
        *_samples(findings),
        *_reviewed(findings.reviewed),
        Heading(2, "Denominators"),
        Table(class_table(findings.figures)),
        *card_blocks(findings.manifest),
    ]


def _heading(findings: Findings) -> list[Block]:
    config, total = findings.config, len(findings.outcomes)
    steered = ", then one continuation of each steered prompt" if config.tests else ""
    what = {
        "recoverability": f"a distraction is the first {_first(config.steers)} of the model's own reasoning on one of"
        f" {config.pool} other questions, put in after {_percents(config.positions)} of its correct one",
        "guidability": f"a guide's steps are the first {_percents(config.lengths)} of"
        f" {_written_by(config.guides)} correct reasoning",
    }
    said = "; ".join(text for test, text in what.items() if test in config.tests)
    text = (
        f"{', '.join(config.models)} on {config.limit} tested questions: alone {config.n} times at temperature"
        f" {config.temperature:g} and top-p {config.top_p:g}{steered}, {total:,} outcomes in all."
        f"{f' {said[0].upper()}{said[1:]}.' if said else ''}"
    )
    blocks: list[Block] = [Heading(1, f"Twin tests: preset {config.preset}"), Paragraph((text,))]
    if not findings.complete:
        blocks.append(Paragraph((Strong("This run is not finished; the figures are those of its ledger so far."),)))
    return blocks


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


def _written_by(guides: Sequence[str]) -> str:
    return f"{' or '.join(guides)}'s" if guides else "a stronger model's"


def _first(shares: Sequence[float]) -> str:
    return f"{shares[0]:.0%}" if len(shares) == 1 else _percents(shares)


def _percents(shares: Sequence[float]) -> str:
    first = ", ".join(f"{100 * share:g}" for share in shares[:-1])
    return f"{first} or {100 * shares[-1]:g} %" if first else f"{100 * shares[-1]:g} %"


def _sentences(findings: Findings) -> list[Block]:
    """The extremes of each test in words."""
    found = []
    for (test, subset), rows in findings.ranks.groupby(["test", "subset"], sort=False):
        if len(rows) > 1:
            ordered = rows.sort_values("score", kind="stable").to_dict("records")
            low, high = ordered[0], ordered[-1]
            found.append(
                f"{str(test).capitalize()}, {subset}: from {low['score']:.1%} ({low['model']}, benchmark"
                f" {low['benchmark']:.1%}) to {high['score']:.1%} ({high['model']}, benchmark {high['benchmark']:.1%})."
            )
    return [Bullets(tuple((line,) for line in found))] if found else []


def _absences(findings: Findings) -> list[Block]:
    lines = [
        (f"{item.model}, {item.test}, {item.subset}: {item.absent}.",) for item in findings.selections if item.absent
    ]
    return [Paragraph(("A dash stands for a test without trials:",)), Bullets(tuple(lines))] if lines else []


def _reference(findings: Findings) -> list[Block]:
    if findings.reference.empty:
        return []
    covered = int(findings.reference["covered"].sum())
    text = (
        "Where the paper (arXiv 2510.06410) has a figure for the same model and test. Its guides, subsets and number of"
        f" questions may differ from this run's. The run's interval covers {covered} of {len(findings.reference)}."
    )
    return [Heading(2, "Beside the paper"), Paragraph((text,)), Table(reference_table(findings.reference))]


def _pairs(findings: Findings) -> list[Block]:
    blocks: list[Block] = []
    if not findings.pairs.empty:
        blocks += [Heading(2, "Models on the same questions"), *_shortened(findings.pairs, "pairs.csv")]
    if not findings.correlations.empty:
        blocks += [
            Paragraph(("Rank correlation with the benchmark, over the models:",)),
            Table(correlation_table(findings.correlations)),
        ]
    return blocks


def _shortened(pairs: pd.DataFrame, name: str) -> list[Block]:
    blocks: list[Block] = [Table(pair_table(pairs.head(MOST_PAIRS)))]
    if len(pairs) > MOST_PAIRS:
        blocks.append(Paragraph((f"{len(pairs) - MOST_PAIRS} more stand in ", Code(f"tables/{name}"), ".")))
    return blocks


_BREAKDOWNS: tuple[tuple[str, Test, str, Cell, Metric], ...] = (
    ("Alone, by benchmark", "solo", "", "benchmark", "accuracy"),
    ("Recoverability by position, shared", "recoverability", "shared", "position", "accuracy"),
    ("Recoverability by position, individual", "recoverability", "individual", "position", "accuracy"),
    ("Adopted the distraction by position, individual", "recoverability", "individual", "position", "adopted"),
    ("Turned back by position, individual", "recoverability", "individual", "position", "backtracked"),
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
    tables["Alone, pass@k"] = pass_table(findings.measures, findings.models)
    tables["Questions by how often they are solved alone"] = solve_count_table(findings.measures, findings.models)
    tables["Turning back after a distraction"] = turning_table(findings.figures, findings.measures, findings.models)
    tables["Probability of the guide's steps"] = probe_table(findings.probe)
    if len(findings.models) > 1:
        tables["Ranks"] = rank_table(findings.ranks)
    return {title: table for title, table in tables.items() if not table.empty}


def _details(findings: Findings) -> list[Block]:
    blocks: list[Block] = []
    for title, table in detail_tables(findings).items():
        blocks += [Heading(3, title), Table(table)]
    if not findings.conditions.empty:
        blocks += [Heading(3, "Conditions of one model on the same questions")]
        blocks += _shortened(findings.conditions, "conditions.csv")
    return blocks


def _reviewed(reviewed: pd.DataFrame) -> list[Block]:
    """The verdicts on which a judge or a person says otherwise than the rules."""
    if reviewed.empty:
        return []
    others = disputed(reviewed)
    text = (
        f"{len(reviewed)} verdicts were looked at again; of {len(others)} a judge or a person says otherwise than the"
        " rules. A person's decision counts, else a judge's on what the rules call wrong. Subsets stay as drawn."
    )
    return [Heading(2, "Second opinions"), Paragraph((text,)), *([] if others.empty else [Table(others)])]


def _samples(findings: Findings) -> list[Block]:
    blocks: list[Block] = [Heading(2, "Samples")] if findings.quotes else []
    for quote in findings.quotes:
        blocks += _quoted(quote)
    return blocks


def _quoted(quote: Quote) -> list[Block]:
    trial, outcome = quote.record.trial, quote.record.outcome
    what = trial.condition
    where = f"at {what.own:.0%}" if what.test == "recoverability" else f"with {what.steer:.0%} of {what.author}'s steps"
    text = outcome.text if len(outcome.text) <= LONGEST_QUOTE else outcome.text[:LONGEST_QUOTE] + " […]"
    verdict = f" ({outcome.why}; gold {trial.question.gold})."
    return [
        Heading(3, quote.title),
        Paragraph(
            (
                f"{trial.model}, {what.test} {where}, trial ",
                Code(outcome.trial_id),
                ": ",
                Strong(outcome.verdict),
                verdict,
            )
        ),
        Paragraph(("Question",)),
        document.Quote(trial.question.text),
        Paragraph(("Stands in the thinking",)),
        document.Quote(trial.prefix),
        Paragraph(("Continuation",)),
        document.Quote(text),
    ]
