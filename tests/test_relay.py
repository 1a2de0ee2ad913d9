from contextlib import closing
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.scripted import ScriptedEngine
from playground.errors import ContextTooLong
from playground.hand_over import Rule, parse_schedule
from playground.models import ModelCard
from playground.relay import Participant, Signals, Turn, TurnEnded, Written, hand_off_turns, relay, schedule_turns
from playground.sampling import SamplingParams
from playground.thinking import BRACKET_TAGS, NO_TAGS, QWEN3_TAGS, ThinkTags
from playground.trajectory import Author, Segment, Trajectory

START = Trajectory(question="How many?", gold="27")
THOUGHT = "One two. Three.\nFour, wait. Five.\n\nSix seven.\n"
PIECES = ["One ", "two. ", "3.\n", "Wait", "</think>", "</thi", "\n\n", "é🦊"]
RULES = ["steps:1", "steps:2", "sentences:2", "tokens:3", "cue:Wait", "close", "percent:30"]


class Remembering(ScriptedEngine):
    """Remembers its last stream."""

    def stream(self, request):
        self.last = super().stream(request)
        return self.last


def writer(name: str, text: str, tags: ThinkTags = QWEN3_TAGS, **options) -> Participant:
    """A model that writes the same text whatever stands before."""
    params = options.pop("params", SamplingParams())
    engine = ScriptedEngine(script=lambda prompt, seed: text.replace("SEED", str(seed)), name=name, **options)
    return Participant(
        card=ModelCard(name=name, engine="scripted", source="", think=tags), engine=engine, params=params
    )


def answering(tags: ThinkTags = QWEN3_TAGS) -> Participant:
    return writer("b", f"So 27.\n{tags.close}\n\nIt is \\boxed{{27}}.", tags)


def last(events) -> TurnEnded:
    return [event for event in events if isinstance(event, TurnEnded)][-1]


def by_author(trajectory: Trajectory) -> list[tuple[str, str, str]]:
    return [(segment.author.name, segment.kind, segment.text) for segment in trajectory.segments]


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("tokens:2", "One two."),
        ("sentences:1", "One two. "),
        ("steps:1", "One two. Three.\n"),
        ("steps:2", "One two. Three.\nFour, wait. Five.\n\n"),
        ("cue:wait", "One two. Three.\nFour, wait"),
        ("percent:60", "One two. Three.\nFour, wait. "),
        ("close", THOUGHT),
    ],
)
def test_the_first_writes_until_the_rule_and_the_next_to_the_answer(rule, kept):
    first = writer("a", THOUGHT + "</think>\n\nIt is 1.")
    ended = last(relay(START, hand_off_turns([first, answering()], Rule.parse(rule)), seed=0))
    answer = ("b", "answer", "So 27.\n</think>\n\nIt is \\boxed{27}.")
    rest = [answer] if rule == "close" else [("b", "thinking", "So 27.\n"), ("b", "answer", "\n\nIt is \\boxed{27}.")]
    assert by_author(ended.trajectory) == [("a", "thinking", kept), *rest]
    assert ended.trajectory.closed
    assert ended.finished


@pytest.mark.parametrize("tags", [QWEN3_TAGS, BRACKET_TAGS])
def test_the_tags_of_each_writer_are_structure(tags):
    ended = last(relay(START, hand_off_turns([writer("a", THOUGHT), answering(tags)], Rule("steps", 1)), seed=0))
    assert ended.trajectory.text == "One two. Three.\nSo 27.\n\n\nIt is \\boxed{27}."


def test_a_model_without_tags_thinks_to_the_end():
    ended = last(relay(START, [Turn(writer("a", "So it is 27.", NO_TAGS))], seed=0))
    assert by_author(ended.trajectory) == [("a", "thinking", "So it is 27.")]
    assert not ended.trajectory.closed


def test_a_close_tag_without_an_answer_hands_over_at_close():
    first = writer("a", "One.\n</think>")
    ended = last(relay(START, hand_off_turns([first, writer("b", "\n\n27")], Rule("close")), seed=0))
    assert by_author(ended.trajectory) == [("a", "thinking", "One.\n"), ("b", "answer", "\n\n27")]


def test_a_hand_over_may_fall_inside_the_answer():
    first = writer("a", "One.\n</think>\n\nIt is. It was.")
    ended = last(relay(START, hand_off_turns([first, writer("b", "27.")], Rule("sentences", 2)), seed=0))
    assert by_author(ended.trajectory) == [
        ("a", "thinking", "One.\n"),
        ("a", "answer", "\n\nIt is. "),
        ("b", "answer", "27."),
    ]


def test_tokens_that_may_begin_a_tag_are_counted_once_they_are_shown():
    first = writer("a", "< b c d e</think>\n\nIt is 1.")
    events = list(relay(START, hand_off_turns([first, answering()], Rule("tokens", 2)), seed=0))
    assert by_author(last(events).trajectory)[0] == ("a", "thinking", "< b")
    assert next(event.tokens for event in events if isinstance(event, Written)) == 2


def test_a_schedule_repeats_until_an_answer():
    once = "x1.\nx2.\nx3.\n"
    turns = schedule_turns([writer("a", once), writer("b", once)], parse_schedule("A:2,B:1", 2))
    ends = (event for event in relay(START, turns, seed=0) if isinstance(event, TurnEnded))
    trajectory = list(islice(ends, 4))[-1].trajectory
    assert [segment.text for segment in trajectory.segments] == ["x1.\nx2.\n", "x1.\n", "x1.\nx2.\n", "x1.\n"]
    assert [segment.author.name for segment in trajectory.segments] == ["a", "b", "a", "b"]


def test_max_tokens_limits_all_turns_together():
    params = SamplingParams(max_tokens=10)
    participants = [writer(name, "w " * 3 + "end.\n" + "w " * 9, params=params) for name in "ab"]
    ended = last(relay(START, schedule_turns(participants, parse_schedule("A:1,B:1", 2)), seed=0))
    assert ended.tokens + sum(segment.provenance.tokens for segment in ended.trajectory.segments[:-1]) == 10


def test_a_smaller_limit_of_the_next_writer_ends_the_relay():
    small = writer("b", "x", params=SamplingParams(max_tokens=2))
    ended = last(relay(START, hand_off_turns([writer("a", THOUGHT), small], Rule("steps", 1)), seed=0))
    assert ended.trajectory.text == "One two. Three.\n"


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(RULES))
def test_what_was_shown_is_what_stays_and_what_a_rule_took_back(pieces, rule):
    shown = ""
    for event in relay(START, [Turn(writer("a", "".join(pieces)), Rule.parse(rule))], seed=0):
        if isinstance(event, Written):
            shown += event.text
        else:
            assert shown.startswith(event.trajectory.text)


def test_a_relay_repeats_with_its_seed():
    texts = [
        last(
            relay(START, hand_off_turns([writer("a", "SEED\nx\n"), writer("b", "SEED")], Rule("steps", 1)), seed)
        ).trajectory.text
        for seed in (1, 1, 2)
    ]
    assert texts[0] == texts[1] != texts[2]
    assert len(set(texts[0].split())) == 2  # each turn draws from a seed of its own


def test_the_seed_of_a_turn_is_recorded():
    ended = last(relay(START, [Turn(writer("a", "SEED</think>27"))], seed=5))
    assert str(ended.trajectory.segments[0].provenance.sampling.seed) == ended.trajectory.thinking


def test_hand_over_now_ends_the_turn_with_the_next_token():
    signals = Signals()
    events = relay(START, [Turn(writer("a", THOUGHT)), Turn(answering())], seed=0, signals=signals)
    assert next(events).text == "One"
    signals.hand_over.set()
    ended = [event for event in events if isinstance(event, TurnEnded)]
    assert [by_author(event.trajectory)[0][2] for event in ended] == ["One", "One"]
    assert [event.hand_over for event in ended] == ["now", None]
    assert not signals.hand_over.is_set()


def test_stop_ends_the_relay_and_keeps_the_text():
    signals = Signals()
    events = relay(START, [Turn(writer("a", THOUGHT), Rule("steps", 1)), Turn(answering())], seed=0, signals=signals)
    next(events)
    signals.stop.set()
    ended = list(events)
    assert len(ended) == 1
    assert (ended[0].trajectory.text, ended[0].finished) == ("One", True)


@pytest.mark.parametrize(("signal", "hand_over"), [("stop", None), ("hand_over", "now")])
def test_what_was_written_of_a_share_stays_where_it_is_broken_off(signal, hand_over):
    signals = Signals()

    def script(prompt: str, seed: int) -> str:
        getattr(signals, signal).set()
        return THOUGHT

    first = replace(writer("a", THOUGHT), engine=ScriptedEngine(script=script, name="a"))
    ended = last(relay(START, [Turn(first, Rule("percent", 20))], 0, signals))
    made = ended.trajectory.segments[0].provenance
    assert (ended.trajectory.text, ended.hand_over, made.hand_over) == ("One", hand_over, hand_over)


def test_closing_a_relay_closes_the_engines_stream():
    engine = Remembering(script=lambda prompt, seed: THOUGHT)
    slow = Participant(card=answering().card, engine=engine, params=SamplingParams())
    with closing(relay(START, [Turn(slow)], seed=0)) as events:
        next(events)
    assert list(engine.last) == []


def test_what_was_written_before_an_engine_fails_is_kept():
    small = writer("b", "x", context_length=5)
    events, ended = relay(START, hand_off_turns([writer("a", THOUGHT), small], Rule("steps", 1)), seed=0), []
    with pytest.raises(ContextTooLong):
        ended.extend(event for event in events if isinstance(event, TurnEnded))
    assert ended[-1].trajectory.text == "One two. Three.\n"


def test_a_persons_segment_stays_first():
    mine = Segment(text="Let me see.\n", author=Author(kind="person", name="you"))
    ended = last(relay(START.extend(mine), [Turn(answering())], seed=0))
    assert by_author(ended.trajectory)[0] == ("you", "thinking", "Let me see.\n")


def test_a_segment_says_how_it_came_to_be():
    ended = last(relay(START, hand_off_turns([writer("a", THOUGHT), answering()], Rule("steps", 1)), seed=0))
    handed, finished = ended.trajectory.segments[0].provenance, ended.trajectory.segments[-1].provenance
    assert (handed.hand_over, handed.finish_reason, handed.tokens) == ("steps:1", "abort", 4)
    assert (finished.hand_over, finished.finish_reason, finished.engine) == (None, "stop", "scripted")
