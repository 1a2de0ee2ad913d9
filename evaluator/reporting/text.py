"""The contents of a run's report: what was run, what came out, how to read and repeat it. Pure; knows no format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import pandas as pd

from evaluator.numbers.findings import Findings
from evaluator.numbers.metrics import Cell, Metric, Place
from evaluator.numbers.quotes import Quote
from evaluator.numbers.reviewed import disputed
from evaluator.reporting import document
from evaluator.reporting.card import card_blocks
from evaluator.reporting.document import Block, Bullets, Code, Heading, Paragraph, Picture, Strong, Table
from evaluator.reporting.measure_tables import pass_table, probe_table, solve_count_table, turning_table
from evaluator.reporting.reading import CAPTIONS, legend, reading, tests_in_words
from evaluator.reporting.tables import (
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
"""Characters of a continuation, and of each part before it, that a report quotes."""
MOST_PAIRS = 40
"""Rows of a table of pairs, as many of each test; the files hold all of them."""


def report_blocks(findings: Findings, drawn: Collection[str]) -> list[Block]:
    """The whole report; `drawn` are the figures there are."""
    pictures = {name: Picture(name, caption) for name, caption in CAPTIONS.items() if name in drawn}
    first = [pictures.pop(name) for name in ("recoverability", "ranks", "guidability") if name in pictures]
    return [
        *_heading(findings),
        Heading(2, "Results"),
        Paragraph((legend(findings.tests),)),
        Table(main_table(findings.figures, findings.models)),
        *_sentences(findings),
        *_absences(findings),
        *first,
        *_reference(findings),
        *_pairs(findings),
        Heading(2, "How to read the figures"),
        Bullets(tuple((line,) for line in reading(findings.config, findings.tests))),
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
    config = findings.config
    tested, answers = findings.questions["tested"], len(findings.outcomes)
    text = f"{', '.join(config.models)} on {tested:,} tested questions; {answers:,} answers in all."
    title = f"Twin tests: preset {config.preset}"
    blocks: list[Block] = [
        Heading(1, title),
        Paragraph((text,)),
        Bullets(tuple(tests_in_words(config, findings.tests, findings.questions["pool"]))),
    ]
    if not findings.complete:
        blocks.append(Paragraph((Strong("This run is not finished; the figures are those of its ledger so far."),)))
    return blocks


def _sentences(findings: Findings) -> list[Block]:
    """The extremes of each test in words."""
    found = []
    for (test, subset), rows in findings.ranks.groupby(["test", "subset"], sort=False):
        if len(rows) > 1:
            ordered = rows.sort_values("score", kind="stable").to_dict("records")
            low, high = (
                f"{100 * row['score']:.1f} % ({row['model']}, benchmark {100 * row['benchmark']:.1f} %)"
                for row in (ordered[0], ordered[-1])
            )
            found.append(f"{str(test).capitalize()}, {subset}: from {low} to {high}.")
    return [Bullets(tuple((line,) for line in found))] if found else []


def _absences(findings: Findings) -> list[Block]:
    """The tests without trials and why, those of one reason together."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in findings.selections:
        if item.absent:
            places[item.absent, item.model].append(f"{item.test} {item.subset}")
    models: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (why, model), where in places.items():
        models[why, ", ".join(where)].append(model)
    lines = [(f"{', '.join(names)}, {where}: {why}.",) for (why, where), names in models.items()]
    return [Paragraph(("Without trials, and so without a figure:",)), Bullets(tuple(lines))] if lines else []


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
        blocks += [Heading(2, "Models on the same questions"), Paragraph((CAPTIONS["pairs"],))]
        blocks += _shortened(findings.pairs, "pairs.csv")
    if not findings.correlations.empty:
        blocks += [
            Paragraph(("Rank correlation with the benchmark, over the models:",)),
            Table(correlation_table(findings.correlations)),
        ]
    return blocks


def _shortened(pairs: pd.DataFrame, name: str) -> list[Block]:
    shown = pairs.groupby("test", sort=False).head(MOST_PAIRS // pairs["test"].nunique())
    blocks: list[Block] = [Table(pair_table(shown))]
    if len(pairs) > len(shown):
        blocks.append(Paragraph((f"{len(pairs) - len(shown)} more are in ", Code(f"tables/{name}"), ".")))
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
    tables["Alone, pass@k with its standard error"] = pass_table(findings.measures, findings.models)
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
    """The verdicts on which a judge or a person disagrees with the rules."""
    if reviewed.empty:
        return []
    others = disputed(reviewed)
    text = (
        f"{len(reviewed)} verdicts were looked at again; on {len(others)} of them a judge or a person disagrees with"
        " the rules. A person's decision counts, else a judge's on what the rules call wrong. Subsets stay as drawn."
    )
    return [Heading(2, "Second opinions"), Paragraph((text,)), *([] if others.empty else [Table(others)])]


def _samples(findings: Findings) -> list[Block]:
    blocks: list[Block] = [Heading(2, "Samples")] if findings.quotes else []
    for quote in findings.quotes:
        blocks += _quoted(quote)
    return blocks


def _both_ends(text: str) -> str:
    """A text without its middle, where it is long."""
    half = LONGEST_QUOTE // 2
    return text if len(text) <= LONGEST_QUOTE else f"{text[:half]} […] {text[-half:]}"


def _quoted(quote: Quote) -> list[Block]:
    trial, outcome = quote.record.trial, quote.record.outcome
    what = trial.condition
    where = (
        f"at {100 * what.own:.0f} %"
        if what.test == "recoverability"
        else f"with {100 * what.steer:.0f} % of {what.author}'s steps"
    )
    text = outcome.text if len(outcome.text) <= LONGEST_QUOTE else outcome.text[:LONGEST_QUOTE] + " […]"
    answers = f"answers {outcome.extracted}" if outcome.extracted else "names no answer"
    verdict = f": it {answers}; the right answer is {trial.question.gold}"
    other: list[Block] = []
    if quote.distractor:
        verdict += f", that to the distractor's question {quote.distractor.gold}"
        other = [Paragraph(("The distractor's question",)), document.Quote(quote.distractor.text)]
    return [
        Heading(3, quote.title),
        Paragraph(
            (
                f"{trial.model}, {what.test} {where}, trial ",
                Code(outcome.trial_id),
                ": ",
                Strong(outcome.verdict),
                f"{verdict}.",
            )
        ),
        Paragraph(("Question",)),
        document.Quote(trial.question.text),
        *other,
        Paragraph(("Already in the thinking",)),
        document.Quote("".join(_both_ends(segment.text) for segment in trial.segments)),
        Paragraph(("Continuation",)),
        document.Quote(text),
    ]
