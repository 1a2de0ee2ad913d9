"""Hypothesis strategies for the values that are saved."""

from hypothesis import strategies as st

from playground.sampling import SamplingParams
from playground.thinking_budget import ThinkingBudget
from playground.trajectory import Author, Provenance, Segment, SteerSource, Trajectory

SHORT = st.text(max_size=6)
COUNTS = st.none() | st.integers(0, 10**6)
AUTHORS = st.builds(Author, kind=st.sampled_from(["model", "person", "steer"]), name=SHORT)
SAMPLING = st.builds(
    SamplingParams,
    temperature=st.floats(0, 2),
    top_p=st.floats(0.01, 1),
    top_k=st.integers(0, 100),
    max_tokens=st.integers(1, 10**6),
    seed=st.none() | st.integers(0, 2**31 - 1),
    stop=st.lists(st.text(min_size=1, max_size=3), max_size=2).map(tuple),
    logprobs=st.none() | st.integers(0, 5),
)
STEERS = st.builds(
    SteerSource,
    kind=st.sampled_from(["distractor", "guide", "text"]),
    question=SHORT,
    author=AUTHORS,
    proportion=st.floats(0.01, 1),
    question_id=SHORT,
)
PROVENANCES = st.builds(
    Provenance,
    revision=st.none() | SHORT,
    sampling=st.none() | SAMPLING,
    finish_reason=st.none() | st.sampled_from(["stop", "length", "abort"]),
    hand_over=st.none() | SHORT,
    tokens=COUNTS,
    seconds=st.none() | st.floats(0, 1e6),
    token_ids=st.none() | st.lists(st.integers(0, 10**6), max_size=3).map(tuple),
    logprobs=st.none() | st.lists(st.floats(-50, 0), max_size=3).map(tuple),
    steer=st.none() | STEERS,
    thinking_budget=st.none()
    | st.builds(ThinkingBudget, tokens=st.integers(0, 10**6), then=st.sampled_from(["stop", "answer"])),
)


def segments(kind: str) -> st.SearchStrategy[Segment]:
    """Segments of one kind that hold some text."""
    text = st.text(min_size=1, max_size=8)
    return st.builds(Segment, text=text, author=AUTHORS, kind=st.just(kind), provenance=st.none() | PROVENANCES)


@st.composite
def trajectories(draw: st.DrawFn) -> Trajectory:
    """Any trajectory whose segments hold text."""
    thinking = draw(st.lists(segments("thinking"), max_size=4))
    answer = draw(st.lists(segments("answer"), max_size=2))
    return Trajectory(
        question=draw(SHORT),
        segments=(*thinking, *answer),
        closed=bool(answer) or draw(st.booleans()),
        gold=draw(st.none() | SHORT),
        question_id=draw(st.none() | SHORT),
    )
