"""A limit on thinking: on models that write what they are told, and on the shipped reasoners."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.engine.pool import Pool
from playground.engine.scripted import ScriptedEngine
from playground.errors import InvalidInput
from playground.hand_over import Rule, parse_schedule
from playground.models import ModelCard, find_card
from playground.relay import Participant, Turn, TurnEnded, Written, hand_off_turns, relay, schedule_turns
from playground.sampling import SamplingParams
from playground.thinking import BRACKET_TAGS, NO_TAGS, QWEN3_TAGS, ThinkTags
from playground.thinking_budget import ThinkingBudget
from playground.trajectory import Trajectory

START = Trajectory(question="How many?", gold="27")
THOUGHT = "One two. Three.\nFour five. Six.\n"
ANSWER = "\n\nIt is \\boxed{27}."


def writer(name: str, thought: str = THOUGHT, tags: ThinkTags = QWEN3_TAGS, **params) -> Participant:
    """Thinks the same whatever stands before; after the close tag, it answers."""

    def script(prompt: str, seed: int) -> str:
        return ANSWER if tags.close and tags.close in prompt else f"{thought}{tags.close}{ANSWER}"

    card = ModelCard(name=name, engine="scripted", source="", think=tags)
    return Participant(card=card, engine=ScriptedEngine(script=script, name=name), params=SamplingParams(**params))


def ends(turns, budget: ThinkingBudget | None, seed: int = 0) -> list[TurnEnded]:
    return [event for event in relay(START, turns, seed, budget=budget) if isinstance(event, TurnEnded)]


def by_author(trajectory: Trajectory) -> list[tuple[str, str, str]]:
    return [(segment.author.name, segment.kind, segment.text) for segment in trajectory.segments]


@pytest.mark.parametrize("tags", [QWEN3_TAGS, BRACKET_TAGS], ids=lambda tags: tags.open)
def test_at_the_budget_the_thinking_is_closed_and_the_model_answers(tags):
    budget = ThinkingBudget(tokens=2)
    (ended,) = ends([Turn(writer("a", tags=tags))], budget)
    assert by_author(ended.trajectory) == [("a", "thinking", "One two."), ("a", "answer", ANSWER)]
    assert ended.trajectory.closed
    assert ended.thinking_tokens == 2
    thinking, answer = (segment.provenance for segment in ended.trajectory.segments)
    assert (thinking.thinking_budget, thinking.finish_reason, thinking.tokens) == (budget, "length", 2)
    assert (answer.thinking_budget, answer.finish_reason) == (budget, "stop")
    assert answer.tokens == ended.tokens - 2


def test_at_the_budget_the_text_may_end_truncated():
    budget = ThinkingBudget(tokens=2, then="stop")
    (ended,) = ends(hand_off_turns([writer("a"), writer("b")], Rule("steps", 2)), budget)
    assert by_author(ended.trajectory) == [("a", "thinking", "One two.")]
    assert (ended.finished, ended.trajectory.closed, ended.completion) == (True, False, None)
    made = ended.trajectory.segments[0].provenance
    assert (made.finish_reason, made.thinking_budget) == ("length", budget)


@pytest.mark.parametrize("then", ["stop", "answer"])
def test_thinking_that_ends_within_the_budget_is_as_without_one(then):
    (free,), (limited,) = (
        ends([Turn(writer("a"))], None),
        ends([Turn(writer("a"))], ThinkingBudget(tokens=90, then=then)),
    )
    assert by_author(free.trajectory) == by_author(limited.trajectory)
    assert [segment.provenance.thinking_budget for segment in limited.trajectory.segments] == [None, None]


def test_a_budget_counts_what_all_turns_think():
    turns = schedule_turns([writer("a"), writer("b")], parse_schedule("A:1,B:1", 2))
    last = ends(turns, ThinkingBudget(tokens=6))[-1]
    assert by_author(last.trajectory) == [
        ("a", "thinking", "One two. Three.\n"),
        ("b", "thinking", "One two."),
        ("b", "answer", ANSWER),
    ]


def test_a_budget_of_nothing_lets_the_model_answer_at_once():
    budget = ThinkingBudget(tokens=0)
    (ended,) = ends([Turn(writer("a"))], budget)
    assert by_author(ended.trajectory) == [("a", "answer", ANSWER)]
    assert ended.trajectory.segments[0].provenance.thinking_budget == budget


def test_where_the_next_writer_answers_the_budget_hands_over():
    first, second = ends(hand_off_turns([writer("a"), writer("b")], Rule("close")), ThinkingBudget(tokens=2))
    assert (first.hand_over, first.trajectory.closed) == ("close", True)
    assert by_author(second.trajectory) == [("a", "thinking", "One two."), ("b", "answer", ANSWER)]


def test_of_a_draft_only_what_stays_counts():
    first, second = ends(hand_off_turns([writer("a"), writer("b")], Rule("percent", 20)), ThinkingBudget(tokens=8))
    assert by_author(first.trajectory) == [("a", "thinking", "One two. ")]
    assert (first.thinking_tokens, second.thinking_tokens) == (3, 5)
    assert by_author(second.trajectory)[-1] == ("b", "answer", ANSWER)


def test_the_answer_has_what_is_left_of_max_tokens():
    (ended,) = ends([Turn(writer("a", max_tokens=5))], ThinkingBudget(tokens=3))
    assert ended.tokens == 5
    assert ended.trajectory.segments[-1].provenance.finish_reason == "length"


def test_max_tokens_below_the_budget_ends_the_text_as_ever():
    (ended,) = ends([Turn(writer("a", max_tokens=2))], ThinkingBudget(tokens=3))
    assert (ended.trajectory.text, ended.trajectory.closed) == ("One two.", False)


def test_what_may_begin_a_close_tag_at_the_budget_was_never_shown_and_stays_away():
    events = list(relay(START, [Turn(writer("a", "One </ two."))], seed=0, budget=ThinkingBudget(tokens=2)))
    assert by_author(events[-1].trajectory) == [("a", "thinking", "One "), ("a", "answer", ANSWER)]
    kinds = [event.kind for event in events if isinstance(event, Written)]
    assert kinds == sorted(kinds, reverse=True)


def test_a_model_without_tags_cannot_be_made_to_answer():
    with pytest.raises(InvalidInput, match="a has no think tags"):
        ends([Turn(writer("a", tags=NO_TAGS))], ThinkingBudget(tokens=3))
    (ended,) = ends([Turn(writer("a", tags=NO_TAGS))], ThinkingBudget(tokens=2, then="stop"))
    assert ended.trajectory.text == "One two."


@pytest.mark.parametrize(("tokens", "then"), [(-1, "stop"), (1, "shout")])
def test_an_impossible_budget_is_refused(tokens, then):
    with pytest.raises(InvalidInput):
        ThinkingBudget(tokens=tokens, then=then)


@given(st.integers(0, 12), st.sampled_from(["steps:1", "sentences:1", "tokens:3", "cue:Four", "close"]))
def test_no_more_is_thought_than_the_budget_and_what_is_shown_is_kept(tokens, rule):
    shown = ""
    turns = hand_off_turns([writer("a"), writer("b")], Rule.parse(rule))
    for event in relay(START, turns, seed=0, budget=ThinkingBudget(tokens=tokens)):
        if isinstance(event, Written):
            shown += event.text
            continue
        assert shown.startswith(event.trajectory.text)
        shown = event.trajectory.text
    kept = event.trajectory.segments
    assert len(writer("a").engine.token_ends(event.trajectory.thinking)) <= tokens
    assert kept[-1].kind == "answer"
    assert "</think>" not in event.trajectory.text


@pytest.mark.parametrize("name", ["tiny-oak-reflective", "tiny-elm-reflective"])
def test_a_real_reasoner_answers_at_its_budget(name):
    pytest.importorskip("torch")
    card = find_card(name)
    question = "Mia starts with 24 stickers. She gives away 9 stickers. How many stickers does Mia have now?"
    params, budget = SamplingParams(temperature=0, max_tokens=200), ThinkingBudget(tokens=20)
    participant = Participant(card=card, engine=Pool().get(card), params=params)
    *_, ended = relay(Trajectory(question=question), [Turn(participant)], seed=0, budget=budget)
    thinking, answer = ended.trajectory.segments
    assert thinking.provenance.tokens == len(participant.engine.token_ends(thinking.text)) == 20
    assert "\\boxed{" in answer.text
    assert answer.provenance.finish_reason == "stop"
    assert answer.provenance.cached_tokens > 20  # the thinking is not prefilled again
