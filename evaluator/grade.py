"""The command that grades recorded responses: `python -m evaluator.grade FILE.jsonl --out OUT.jsonl`.

Reads the command line and joins the parts; how an answer is graded stands in `playground.grading`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from playground.cli.border import Parser, run
from playground.cli.progress import Progress
from playground.engine.pool import Pool
from playground.errors import InvalidData
from playground.grading import Verdict, grade
from playground.grading.golds import gold_text
from playground.grading.judge import Case, Judge
from playground.grading.reviews import Opinion, disagreements
from playground.models import ModelCard, find_card
from playground.question_files import Row, rows
from playground.recorded import tags_in
from playground.serialization import check_writable, write_text
from playground.thinking import NO_TAGS, QWEN3_TAGS
from playground.trajectory import FinishReason

EXAMPLES = """\
examples:
  python -m evaluator.grade responses.jsonl --out graded.jsonl
  python -m evaluator.grade responses.jsonl --think-tags none --out graded.jsonl
  python -m evaluator.grade responses.jsonl --judge ./checkpoints/judge --out graded.jsonl
  python -m evaluator.grade run.jsonl --response continuation --out graded.jsonl

Each row needs `response` and `answer`; without `answer` the gold is the last \\boxed of `solution`, else `solution`
itself. Each row comes back with `verdict` (correct, wrong, no_answer, truncated, grader_timeout, error), `extracted`,
`gold` and `why`; with --judge also with `judge`, whose opinion changes no verdict.
"""

_HALF = re.compile("[\ud800-\udfff]")
"""Half a character, as JSON can hold it and UTF-8 cannot: it goes out as the escape that it came in as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A recorded response, ready to be graded."""

    row: Row
    text: str
    gold: str
    finish_reason: FinishReason | None


def parser() -> Parser:
    """The command's options."""
    options = Parser(
        prog="python -m evaluator.grade",
        description="Grade recorded responses to mathematics questions.",
        epilog=EXAMPLES,
    )
    options.add_argument("file", type=Path, metavar="FILE", help="JSON Lines (or Parquet), one response per row")
    tags = "required (default): the answer follows the close tag of the thinking; none: it may be anywhere"
    options.add_argument("--think-tags", choices=("required", "none"), default="required", help=tags)
    options.add_argument("--response", default="response", metavar="FIELD", help="the field with the response's text")
    options.add_argument("--judge", metavar="MODEL", help="a model that looks again at what the rules call wrong")
    options.add_argument("--out", type=Path, required=True, metavar="OUT", help="where the graded rows go")
    return options


def responses(path: Path, field: str) -> Iterator[Response]:
    """The rows of a file.

    Raises:
        InvalidInput: the file cannot be read.
        InvalidData: a row has no response, or no gold answer; its line is named.
    """
    for place, row in rows(path):
        text = row.get(field)
        if not isinstance(text, str):
            raise InvalidData(place, f"has no `{field}` that is a text", "Name the field with --response FIELD.")
        gold = gold_text(row.get("answer"), row.get("solution"))
        if gold is None:
            raise InvalidData(place, "has no `answer` and no `solution`, or an empty one", "Give each row the gold.")
        reason = row.get("finish_reason")
        known = cast(FinishReason, reason) if reason in get_args(FinishReason) else None
        yield Response(row=row, text=text, gold=gold, finish_reason=known)


def verdict_of(response: Response, think_tags: str) -> Verdict:
    """The verdict on a row; where tags are required, those that it bears are looked for."""
    tags = NO_TAGS if think_tags == "none" else tags_in(response.text)
    if tags is NO_TAGS and think_tags == "required":
        tags = QWEN3_TAGS
    return grade(response.text, response.finish_reason, tags, response.gold)


def verdicts(found: Sequence[Response], think_tags: str, progress: Progress) -> list[Verdict]:
    """A verdict on each row, in their order."""
    progress.begin("grading", len(found))
    graded: list[Verdict] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for verdict in threads.map(lambda response: verdict_of(response, think_tags), found):
            graded.append(verdict)
            progress.advance(verdict.outcome)
    progress.end()
    return graded


def opinions(found: Sequence[Response], graded: Sequence[Verdict], card: ModelCard) -> dict[str, Opinion]:
    """A judge's opinion on each row that the rules call wrong, by the row's number from 0."""
    wrong = [number for number, verdict in enumerate(graded) if verdict.outcome == "wrong"]
    cases = [
        Case(
            id=str(number),
            question=str(found[number].row.get("problem") or found[number].row.get("question") or ""),
            gold=found[number].gold,
            answer=graded[number].extracted or "",
        )
        for number in wrong
    ]
    pool = Pool()
    try:
        return {opinion.id: opinion for opinion in Judge(pool.get(card), card).opinions(cases)}
    finally:
        pool.close()


def command() -> None:
    """Read the command line, grade the rows and write them."""
    arguments = parser().parse_args()
    card = find_card(arguments.judge) if arguments.judge else None
    check_writable(arguments.out)
    found = list(responses(arguments.file, arguments.response))
    if not found:
        raise InvalidData(str(arguments.file), "holds no row", "Give JSON Lines with `response` and `answer`.")
    graded = verdicts(found, arguments.think_tags, Progress(sys.stderr))
    write_text(arguments.out, "".join(lines(found, graded, {})))
    judged = opinions(found, graded, card) if card else {}
    if judged:
        write_text(arguments.out, "".join(lines(found, graded, judged)))
    print(summary(found, graded, judged))
    print(arguments.out)


def lines(found: Sequence[Response], graded: Sequence[Verdict], judged: dict[str, Opinion]) -> Iterator[str]:
    """The rows again, each with what was found."""
    for number, (response, verdict) in enumerate(zip(found, graded, strict=True)):
        graded_row = response.row | {
            "verdict": verdict.outcome,
            "extracted": verdict.extracted,
            "gold": response.gold,
            "why": verdict.why,
        }
        if opinion := judged.get(str(number)):
            graded_row["judge"] = {"verdict": opinion.outcome, "model": opinion.judge, "said": opinion.said}
        line = json.dumps(graded_row, ensure_ascii=False, default=str)  # Parquet has dates and bytes
        yield _HALF.sub(lambda half: f"\\u{ord(half.group()):04x}", line) + "\n"


def summary(found: Sequence[Response], graded: Sequence[Verdict], judged: dict[str, Opinion]) -> str:
    """How many rows have which verdict, and where a judge or the rows' own labels say otherwise."""
    counts = Counter(verdict.outcome for verdict in graded)
    parts = [f"{len(graded)} rows: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())]
    labels = [response.row.get("correct") for response in found]
    labelled = [(bool(label), verdict) for label, verdict in zip(labels, graded, strict=True) if label is not None]
    if labelled:
        same = sum(label == (verdict.outcome == "correct") for label, verdict in labelled)
        parts.append(f"{same} of {len(labelled)} agree with the rows' own `correct`")
    if judged:
        rules = {str(number): verdict.outcome for number, verdict in enumerate(graded)}
        rest = disagreements(rules, judged)
        where = f": rows {', '.join(rest)} (from 0)" if rest else ""
        parts.append(f"the judge disagrees on {len(rest)} of the {len(judged)} it looked at{where}")
    return "; ".join(parts)


if __name__ == "__main__":
    sys.exit(run(command))
