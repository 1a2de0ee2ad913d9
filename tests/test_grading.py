"""Verdicts: which text is the answer, and what is said of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import InvalidInput
from playground.grading import grade
from playground.thinking import NO_TAGS, ThinkTags

TAGS = ThinkTags("[THINK]", "[/THINK]")


@pytest.mark.parametrize(
    ("completion", "reason", "outcome", "extracted"),
    [
        ("15 + 12 = 27.\n[/THINK]\nThe answer is \\boxed{27}.", "stop", "correct", "27"),
        ("15 + 12 = 27.\n[/THINK]\nThe answer is 28.", "stop", "wrong", "28"),
        ("[/THINK]\nThe answer is \\boxed{27 stickers}.", "stop", "correct", "27 stickers"),
        ("The answer is \\boxed{27}.", "stop", "no_answer", None),
        ("The answer is \\boxed{27}.", "length", "truncated", None),
        ("So.\n[/THINK]\nI do not know.", "stop", "no_answer", None),
        ("So.\n[/THINK]\nThe", "length", "truncated", None),
        ("So.\n[/THINK]\nThe answer is \\boxed{27}. And", "length", "correct", "27"),
        ("[/THINK] \\boxed{1} [/THINK] \\boxed{27}", "stop", "correct", "27"),
        ("So.\n[/THINK]\nThe answer is \\boxed{27}.", "abort", "error", None),
    ],
)
def test_the_answer_is_what_follows_the_last_close_tag(completion, reason, outcome, extracted):
    verdict = grade(completion, reason, TAGS, "27")
    assert (verdict.outcome, verdict.extracted) == (outcome, extracted)
    assert verdict.why


def test_a_model_without_tags_answers_in_its_whole_text():
    assert grade("15 + 12 = 27. The answer is \\boxed{27}.", "stop", NO_TAGS, "27").outcome == "correct"


def test_an_unknown_finish_reason_is_not_taken_for_truncation():
    assert grade("So", None, TAGS, "27").outcome == "no_answer"


def test_an_empty_gold_answer_is_refused():
    with pytest.raises(InvalidInput, match="empty"):
        grade("[/THINK]\\boxed{x}", "stop", TAGS, " ")


@given(st.integers(), st.integers())
def test_integers_are_compared_by_value(given_, gold):
    verdict = grade(f"[/THINK]\n\\boxed{{{given_:,}}}", "stop", TAGS, str(gold))
    assert verdict.outcome == ("correct" if given_ == gold else "wrong")
