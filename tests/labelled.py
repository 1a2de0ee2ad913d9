"""Labelled traces beside the repository, and how well marks and a plain pattern find what is labelled.

Everything is split by question: the cues were chosen and their weights fitted on one half.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from playground.backtracking import find_marks
from playground.steps import SentenceReader

Verdicts = list[tuple[bool, bool]]
"""For each labelled piece of text whether it is marked, and whether its label says so."""

BASELINE = re.compile(
    r"\W*(?:but )?(?:wait|hmm+|hold on|actually|no|oops|alternatively"
    r"|let me (?:re-?\w+|check|verify|double[- ]check))\b",
    re.IGNORECASE,
)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def held_out(question: object) -> bool:
    """The cues were chosen and their weights fitted on the other half of the questions."""
    return int(hashlib.sha256(str(question).encode()).hexdigest(), 16) % 2 == 0


def scores(verdicts: Verdicts) -> dict[str, float]:
    hits = sum(marked and gold for marked, gold in verdicts)
    precision = hits / sum(marked for marked, _ in verdicts)
    recall = hits / sum(gold for _, gold in verdicts)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}


def baseline_starts(text: str) -> list[int]:
    reader = SentenceReader()
    sentences = reader.feed(text) + reader.close()
    return [
        found.span.start + len(found.text) - len(found.text.lstrip())
        for found in sentences
        if BASELINE.match(found.text)
    ]


def placed(trace: dict[str, Any], labels: tuple[str, ...]) -> list[tuple[int, int, bool]]:
    """The labelled segments of a trace; where an offset does not match its text, the text is searched for."""
    text, found = trace["thinking_process"], []
    for segment in trace["segments"]:
        words, start = segment["text"], segment["start"]
        if start is None or text[start : start + len(words)] != words:
            start = text.find(words)
        if start >= 0:
            found.append((start, start + len(words), segment["label"] in labels))
    return found


def segments(
    shared: Path, kinds: tuple[str, ...], labels: tuple[str, ...], *, fitted: bool = False
) -> tuple[Verdicts, Verdicts]:
    """Ours and the plain pattern's verdicts on the labelled segments: does a mark begin in one?"""
    ours: Verdicts = []
    plain: Verdicts = []
    for trace in read(shared / "data/labelled/segment_labels.jsonl"):
        if held_out(trace["idx"]) == fitted:
            continue
        text = trace["thinking_process"]
        starts = [mark.start for mark in find_marks(text) if mark.kind in kinds]
        theirs = baseline_starts(text)
        for first, last, gold in placed(trace, labels):
            ours.append((any(first <= start < last for start in starts), gold))
            plain.append((any(first <= start < last for start in theirs), gold))
    return ours, plain


def sentences(shared: Path, tag: str, *, fitted: bool = False) -> tuple[Verdicts, Verdicts]:
    """Ours and the plain pattern's verdicts on the tagged sentences: is there any mark but one of restating?"""
    ours: Verdicts = []
    plain: Verdicts = []
    for row in read(shared / "data/labelled/sentence_tags.jsonl"):
        if held_out(row["trace_id"].split("/")[-1]) != fitted:
            gold = tag in row["function_tags"]
            ours.append((any(mark.kind != "restate" for mark in find_marks(row["chunk"])), gold))
            plain.append((bool(BASELINE.match(row["chunk"])), gold))
    return ours, plain
