"""What is saved of a comparison: rows that a spreadsheet and a terminal can be trusted with, and everything as JSON."""

import csv
import io
import json

from playground.branches import Ending
from playground.engine.scripted import ScriptedEngine
from playground.hand_over import Rule
from playground.models import ModelCard
from playground.outcomes.arms import Arm
from playground.outcomes.comparison import Comparison, Sample, draw
from playground.outcomes.files import COLUMNS, csv_text, json_text
from playground.outcomes.starting_point import StartingPoint
from playground.relay import Participant
from playground.sampling import SamplingParams
from playground.serialization import from_dict
from playground.thinking import QWEN3_TAGS
from playground.trajectory import Author, Segment, Trajectory


def sample(text: str, answer: str) -> Sample:
    start = Trajectory(question="How many?", gold="27", question_id="q1")
    written = start.extend(Segment(text=text, author=Author(kind="model", name="oak")))
    return Sample(
        arm="A", number=0, seed=1, trajectory=written, begun=0, ending=Ending(outcome="wrong", answer=answer),
        turns=1, tokens=3, seconds=0.25, backtracked=True,
    )  # fmt: skip


def rows(*samples: Sample) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(samples))))


def test_a_row_holds_what_became_of_a_sample():
    (row,) = rows(sample('Two lines,\nand "quotes".\n', "5"))
    assert tuple(row) == COLUMNS
    assert row["text"] == 'Two lines,\nand "quotes".\n'
    assert (row["answer"], row["backtracked"], row["adopted"], row["seconds"]) == ("5", "true", "", "0.25")


def test_no_cell_becomes_a_formula_and_none_steers_a_terminal():
    (row,) = rows(sample("\x1b]0;title\x07 =1+1", "=HYPERLINK(1)"))
    assert row["answer"] == "'=HYPERLINK(1)"
    assert row["text"] == "\ufffd]0;title\ufffd =1+1"
    assert [rows(sample("x", answer))[0]["answer"] for answer in ("-5", "+1,000", "-x", "@a")] == [
        "-5", "+1,000", "'-x", "'@a",
    ]  # fmt: skip


def test_the_json_holds_every_sample_and_the_figures():
    card = ModelCard(name="oak", engine="scripted", source="", think=QWEN3_TAGS)
    writers = [Participant(card=card, engine=ScriptedEngine(name="oak"), params=SamplingParams())]
    start = StartingPoint(plain=Trajectory(question="Ann has 3 eggs. She buys 4. How many?", gold="7"))
    asked = Comparison(start=start, arms=(Arm((0,)),), rule=Rule.parse("steps:2"), n=3, seed=0)
    samples = [event for event in draw(asked, writers) if isinstance(event, Sample)]
    data = json.loads(json_text(asked, writers, samples))
    assert [from_dict(Sample, one) for one in data["samples"]] == samples
    assert data["summary"][0]["correct"]["value"] == data["summary"][0]["correct"]["hits"] / 3
    assert (data["comparison"]["arms"], data["comparison"]["rule"], data["models"][0]["name"]) == (
        ["A"], "steps:2", "oak",
    )  # fmt: skip
