"""Where tokens stand in the text, although their think tags do not."""

from hypothesis import given
from hypothesis import strategies as st

from playground.app.cast import Cast
from playground.app.tokens import TokenTrack, with_probabilities
from playground.app.view import View
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


def test_surprise_is_the_mean_in_bits() -> None:
    track = TokenTrack()
    track.begin(0, None)
    other = (Alternative(text="x", logprob=-1.0),)
    track.add([Token(id=0, text="ab", logprob=-0.6931, alternatives=other), Token(id=1, text="cd", logprob=-2.0794)])
    assert track.surprise(0, 4) == 2.0
    assert track.surprise(2, 4) == 3.0
    assert track.surprise(9, 12) is None
