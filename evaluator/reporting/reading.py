"""The report's section on how to read it: what each test asks, and what columns and figures show. Pure.

Knows a run's configuration and none of its numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from evaluator.config import RunConfig
from evaluator.reporting.document import Line, Strong
from playground.records import Test

_RULES = {
    "rates": "Every rate is a micro average: each answer counts the same. One that is missing or was cut off counts as"
    " a failure; what the engine could not do (error) or the grader could not decide (grader_timeout) is in no"
    " denominator, and counted below.",
    "benchmark": "benchmark: the share of right answers alone (mean Pass@1) in each benchmark, averaged over the"
    " benchmarks (macro average); ranks count from 1, the lowest.",
    "recoverability": "Recoverability, shared: questions that every model of the run solves in all its samples alone."
    " Individual: drawn for each model from those it solves at least once, so that rare solve counts are as likely as"
    " common ones. Each question appears once at each position, so that recoverability is also the mean over the"
    " positions. adopted: the continuation's number is the answer to the distractor's question, at times by chance."
    " turns back: a sentence of the continuation is marked as revising what stands before it; the mark reads words and"
    " does not judge them.",
    "variants": "Other disturbances are not part of recoverability's own figure. first-paragraph: the distractor comes"
    " without its first paragraph, after at least that of the model's own reasoning. other-models: another model's"
    " reasoning. digits: typos in the numbers of the model's own reasoning, and no distractor.",
    "guidability": "Guidability, shared: questions hard for all of the weaker two thirds of the models, guided by the"
    " models above them. Individual: questions hard for the model, guided by every model with a higher score. leaked:"
    " the steer already names the gold answer.",
    "named guides": "Guidability, shared: questions hard for all models that are compared: the weaker two thirds, or"
    " all of two or fewer. Individual: questions hard for the model. The run names the guides. leaked: the steer"
    " already names the gold answer.",
    "taken": "The questions and subsets are another run's: its models decided them, and this run's only where that one"
    " lacks a model.",
    "control": "Control: guides' steps before questions that the model solves every time alone.",
    "likelihood": "Probability of the guide's steps: the mean over their tokens under the guided model, given the"
    " question; Welch's t-test between continuations that succeed and fail.",
    "judge": "As judged: a model listed the candidate answers of a steer, and said whether the gold is among them.",
    "release": "Steers are cut into chunks of 30 to 60 words and joined as in the release.",
    "intervals": "Intervals of rates cover 95 %: Wilson's, for the number of independent trials that would have the"
    " standard error clustered by question, or for that of the questions where all answers are alike, which makes it"
    " wider there; tables/figures.csv has the percentile bootstrap over questions beside it. The macro average joins"
    " the intervals of its benchmarks.",
    "pairs": "Pairs are compared on the questions that both sides were asked, under the same condition. Intervals:"
    " bias-corrected and accelerated bootstrap over questions, both sides drawn together. p: permutation of the two"
    " sides question by question (McNemar's exact test where a question has one trial), corrected by Holm for the pairs"
    " of a test. McNemar: exact, on the questions with the higher and the lower rate. detectable: the smallest"
    " difference, in points, that would be seen with a power of 80 % at the 5 % level if questions scatter as these"
    " do.",
}
"""How figures are computed, by what a run has to have for a rule to matter."""

CAPTIONS: Mapping[str, str] = {
    "recoverability": "Recoverability: right answers after a distraction, by how much of the model's own reasoning"
    " stands before it. Bars are 95 % intervals; n counts the answers of all positions together.",
    "positions": "The same as a map: right answers after a distraction in per cent, each above its 95 % interval.",
    "ranks": "Recoverability against the benchmark, with 95 % intervals. rank 1 → 3: the lowest of the models by the"
    " benchmark, the third lowest by recoverability.",
    "guidability": "Guidability: right answers after a stronger model's first steps, by how much of its reasoning these"
    " are; leaked: how many of them already name the answer. Bars are 95 % intervals; n counts all lengths.",
    "solved": "Recoverability by how often the model solves the question alone, with 95 % intervals; above each point,"
    " how many answers it is made of.",
    "turning": "How soon the models turn back after a distraction, by the words they use: the share that has done so"
    " within a number of tokens. In brackets, how many ever did, and the median of their tokens; bars are 95 %"
    " intervals.",
    "classes": "What became of all answers: right, wrong, or why neither.",
    "pairs": "Every pair of models on the questions that both were asked. rates and difference (the first minus the"
    " second, in points) are in per cent, with a 95 % interval; better / worse: on how many questions the first was"
    " right more often, and less often; p (Holm): allows for how many pairs there are; detectable: the smallest"
    " difference that so many questions are likely to show.",
}


def tests_in_words(config: RunConfig, tests: Collection[Test], pool: int) -> list[Line]:
    """What is asked of the models, a line for each of the tests that were made; `pool` counts the distractors."""
    lines = {"recoverability": _recoverability(config, pool), "guidability": _guidability(config)}
    return [_alone(config), *(line for test, line in lines.items() if test in tests)]


def _alone(config: RunConfig) -> Line:
    elsewhere = {text.rpartition(" ")[0] for text in config.recorded} & set(config.models)
    text = f" (solo): each model answers each question {'once' if config.n == 1 else f'{config.n} times'} by itself"
    if elsewhere < set(config.models):
        text += f", at temperature {config.temperature:g} and top-p {config.top_p:g}"
    text += ". How often it is right is its benchmark score."
    if elsewhere:
        text += f" The responses of {', '.join(sorted(elsewhere))} were recorded elsewhere."
    return Strong("Alone"), text


def _recoverability(config: RunConfig, pool: int) -> Line:
    return (
        Strong("Recoverability"),
        ": does a model find its way back after a distraction? Its own correct reasoning is cut after"
        f" {_percents(config.positions)}, and the first {_percents(config.steers)} of its reasoning on one of"
        f" {pool} other questions is put there as if it were its own. Then it goes on; right answers to the"
        " question it was asked are counted.",
    )


def _guidability(config: RunConfig) -> Line:
    return (
        Strong("Guidability"),
        f": can a model build on a stronger one's correct steps? The first {_percents(config.lengths)} of"
        f" {_written_by(config.guides)} correct reasoning stands before it, on questions that it hardly ever solves"
        " alone. Then it goes on; right answers are counted.",
    )


def legend(tests: Collection[Test]) -> str:
    """What the columns of the main table are."""
    text = "In per cent, each with its 95 % interval."
    if tests:
        text += " shared: on questions that the models have in common; individual: on questions chosen for each model."
    if "recoverability" in tests:
        text += " adopted: how often it gave the answer to the distractor's question instead (individual)."
    if "guidability" in tests:
        text += " leaked: how often the guide's steps already named the answer (individual)."
    return text


def reading(config: RunConfig, tests: Collection[Test]) -> list[str]:
    """How the figures are computed, one rule per line; rules that do not concern this run are left out."""
    needed = {
        "recoverability": "recoverability" in tests,
        "variants": "recoverability" in tests and config.variants != ("own",),
        "guidability": "guidability" in tests and not config.guides,
        "named guides": "guidability" in tests and bool(config.guides),
        "taken": bool(config.subsets),
        "control": config.control > 0,
        "likelihood": config.likelihood,
        "judge": bool(config.judge),
        "pairs": len(config.models) > 1 or bool(tests),
        "release": config.protocol == "release" and bool(tests),
    }
    return [rule for name, rule in _RULES.items() if needed.get(name, True)]


def _written_by(guides: Sequence[str]) -> str:
    return f"{' or '.join(guides)}'s" if guides else "a stronger model's"


def _percents(shares: Sequence[float]) -> str:
    first = ", ".join(f"{100 * share:g}" for share in shares[:-1])
    return f"{first} or {100 * shares[-1]:g} %" if first else f"{100 * shares[-1]:g} %"
