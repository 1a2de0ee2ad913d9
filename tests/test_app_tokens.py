"""Where tokens stand in the text, although their think tags do not."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.app.relay.cast import Cast
from playground.app.relay.tokens import TokenTrack, Tracks, mean_entropy, with_probabilities
from playground.app.relay.view import View
from playground.branches import Branch
from playground.engine.base import Alternative, Token
from playground.engine.scripted import ScriptedEngine
from playground.hand_over import Rule
from playground.models import ModelCard
from playground.relay import Participant, hand_off_turns, relay
from playground.sampling import SamplingParams
from playground.thinking import QWEN3_TAGS
from playground.trajectory import Trajectory

CARD = ModelCard(name="m", engine="scripted", source="", think=QWEN3_TAGS)
QUESTION = "Mia has 4 figs. She buys 5 more figs. She eats 2 figs."


@given(
    rule=st.sampled_from(["steps:1", "sentences:2", "tokens:3", "tokens:11", "cue:So", "close"]),
    seed=st.integers(0, 99),
)
def test_tokens_stand_where_their_text_does(rule: str, seed: int) -> None:
    writers = [with_probabilities(Participant(card=CARD, engine=ScriptedEngine(), params=SamplingParams()))] * 2
    view = View(Trajectory(question=QUESTION), Cast(["m", "m"]))
    view.begin(iter([0, 1]), 0.0, ("</think>", "</think>"))
    for event in relay(Trajectory(question=QUESTION), hand_off_turns(writers, Rule.parse(rule)), seed):
        view.add(event, 0.0)
    text = view.trajectory.text
    found = view.tokens.between(0, len(text))
    assert all(text[token.start : token.start + len(token.text)] == token.text for token in found)
    assert sum(len(token.text) for token in found) >= 0.9 * len(text)
    assert all(token.logprob is not None and token.others for token in found)


def test_entropy_is_the_mean_in_bits_and_what_is_not_listed_counts_as_one_token() -> None:
    track = TokenTrack()
    track.begin(0, None)
    half, sure = (Alternative(text="x", logprob=log(share)) for share in (0.5, 1.0))
    quarters = (Alternative(text="y", logprob=log(0.25)),) * 3
    track.add([Token(id=0, text="ab", logprob=0.0, alternatives=(half,))])
    track.add([Token(id=1, text="cd", logprob=0.0, alternatives=quarters)])
    track.add([Token(id=2, text="ef", logprob=0.0, alternatives=(sure,))])
    bits = [mean_entropy(track.between(start, start + 2)) for start in (0, 2, 4)]
    assert bits == [1.0, 2.0, 0.0]
    assert mean_entropy(track.between(0, 4)) == 1.5
    assert mean_entropy(track.between(9, 12)) is None
    assert track.count(1, 6) == 2


def test_of_too_many_tokens_those_of_the_first_branches_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.app.relay.tokens.MOST_TOKENS", 5)
    tracks, branch = Tracks(), Branch(made="run", trajectory=Trajectory(question="?"))
    for number in range(4):
        track = TokenTrack()
        tracks.put(number, track)
        track.add([Token(id=0, text="x"), Token(id=1, text="y")])
    kept = [bool(tracks.between([branch] * 4, number, 0, 2)) for number in range(4)]
    assert (kept, len(tracks)) == ([False, True, True, True], 6)
