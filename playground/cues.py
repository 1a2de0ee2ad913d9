r"""The phrases that signal backtracking and doubt, each with its weight.

Each cue adds two weights, in log-odds, to two sums that start at a bias: `revises` says that a sentence leaves or
revises an earlier step, `doubts` that it doubts. A sum above zero decides. The fitted weights are two logistic
regressions, rounded to a tenth, over sentences of real traces. The rows by hand are turns of phrase which those traces
hardly hold, or whose labels say otherwise than this project does.

How good they are, on questions held out from the fit, against a plain pattern on sentence openings (labels: a language
model's for backtracking, thought-anchors' for doubt; 95 % intervals of the difference by bootstrap over questions):

- backtracking, 44 questions: F1 .37 (precision .27, recall .57) against .28 (.17, .81); better by .03 to .14;
- backtracking or uncertainty, the same: F1 .57 (.50, .65) against .51 (.46, .57); better by -.01 to .10;
- doubt (any mark but `restate`), 6 questions: F1 .58 (.54, .63) against .55 (.53, .58); better by -.02 to .11.

The bias of doubt lies .6 below its fit, where both kinds of labels were met best on all questions, those held out among
them.

So a mark is a place to look at, not a verdict. Does not know streams, offsets or kinds of marks.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from playground.phrase import Phrase, folded, phrase

REVISION_BIAS: Final = -3.0
DOUBT_BIAS: Final = -1.6
NEW_STEP: Final = 2.2
"What `revises` gains when an interrupting cue opens a step: the line break says that a thought was dropped."


@dataclass(frozen=True, slots=True)
class Cue:
    """One row of the table."""

    phrase: Phrase
    """Looked for in a sentence without its leading punctuation; a group in it is what a mark quotes."""
    says: str
    """What the matched words do; completes a phrase that begins with them."""
    revises: float
    doubts: float
    interrupts: bool


class Score(NamedTuple):
    """The two sums of a sentence, and for each its evidence in words, strongest first."""

    revises: float
    doubts: float
    revising: tuple[str, ...]
    doubting: tuple[str, ...]


def _cue(pattern: str, words: str, says: str, revises: float, doubts: float) -> Cue:
    """A row; `words`, with bars between them, are those of which each match has one."""
    return Cue(phrase(pattern, words), says, revises, doubts, interrupts=False)


def _interruption(pattern: str, words: str, says: str, revises: float, doubts: float) -> Cue:
    return Cue(phrase(rf"\A{pattern}", words), says, revises, doubts, interrupts=True)


_LEAD = r"(?:(?:but|oh|ah|hmm+|okay|ok|so|and|no)\W+)?"
_HALT = r"\A(?:\w+\W+)?(?:wait|hold on|hang on|hmm+|oops|no|oh|actually)\b"
_WAY = r"(?:approach|way|idea|thought|method|angle|possibility|option|interpretation|perspective|strategy)"
_WE = r"(?:let me|let's|let us|we|i(?:'ll| will| should| need to| must| have to)?)"
_SLIP = r"(?:mistake|error|slip)"
_A_SLIP = rf"(?:a|an|some) (?:\w+ )?{_SLIP}"
_ANY = ""
"The word of a phrase that has none of its own."

_OPENINGS: Final = (
    _interruption(rf"{_LEAD}wait\b", "wait", "interrupts", 1.1, 1.8),
    _interruption(r".{0,20}?\b(?:hold|hang) on\b", "hold on|hang on", "interrupts", 0.6, 0.3),
    _interruption(r"hmm+", "hmm", "hesitates", -0.5, 1.8),
    _interruption(
        rf"{_LEAD}(?:(?:wait|actually)\W+)?(?:but |actually,? )?no\b(?! \w+ (?:matter|need))", "no", "negates", 1.1, 0.1
    ),
    _interruption(r"(?:(?:wait|oh|no|but|so|hmm)\W+)*actually\b", "actually", "corrects", 0.1, 0.5),
    _interruption(r"(?:but |or )?alternative(?:ly)?", "alternative", "turns to another way", 0.8, -0.3),
    _interruption(
        r"(?:(?:wait|but|hmm|alternatively)\W+)*(?:maybe|perhaps)\b", "maybe|perhaps", "opens a guess", 0.0, -0.2
    ),
    _cue(r"\Await\W+but\b", "wait", "objects", 0.0, 1.4),
    _cue(r"\Await\W+(?:so|if|the|that|since|in|each|a)\b", "wait", "goes on after a halt", -0.6, 0.2),
    _cue(r"\Abut\b", "but", "objects", -0.2, 1.6),
    _cue(r"\A(?:so|therefore|thus|hence|first|okay|now|the|since|yes|let's|then|next)\b", _ANY, "goes on", -1.3, -1.1),
)
_CONTENT: Final = (
    _cue(r"\b(?:maybe|perhaps)\b", "maybe|perhaps", "guesses", 0.9, 1.5),
    _cue(
        rf"\b(?:another|different|alternative|other) {_WAY}\b",
        "other|different|alternative",
        "turns to another way",
        1.2,
        0.6,
    ),
    _cue(r"\b(?:I|me|us|I'll|let's|we|could|should|can) (?:\w+ )?try\b", "try", "tries anew", 1.2, -0.5),
    _cue(r"\b(?:I|we) should\b", "should", "plans anew", 0.8, -0.4),
    _cue(r"\binstead\b", "instead", "replaces", 0.5, -0.1),
    _cue(
        r"\b(?:not (?:\w+ )?sure|unsure|uncertain|confus\w+|unclear|wonder|stuck|complicated|tricky)\b",
        "sure|uncertain|confus|unclear|wonder|stuck|complicated|tricky",
        "doubts",
        -0.4,
        1.2,
    ),
    _cue(
        r"\b(?:conflict\w*|inconsisten\w*|contradict\w*|strange|weird|different from"
        r"|(?:that(?:'s| is)|a bit|quite|very|looks) odd|seems? (?:too|off|wrong|odd|different))\b",
        "conflict|inconsisten|contradict|odd|strange|weird|different from|seem",
        "finds a conflict",
        0.0,
        1.5,
    ),
    _cue(r"\b(?:I|we) (?:might|may|must) have\b", "have", "suspects a slip", 0.1, 0.6),
    _cue(
        r"\b(?:earlier|previous(?:ly)?|initial(?:ly)?|I thought)\b",
        "earlier|previous|initial|i thought",
        "looks back",
        0.0,
        0.5,
    ),
    _cue(
        r"(?:\bnot|n't)\b(?: \w+){0,2} (?:right|correct|work|possible|fit|match|make sense|making)\b",
        "not|n't",
        "rejects",
        -0.3,
        0.9,
    ),
    _cue(
        r"\b(?:wrong|incorrect|error|mistaken?|mis(?:read|took|understood|count\w*|calculat\w*))\b",
        "wrong|incorrect|error|mis",
        "faults",
        0.2,
        0.7,
    ),
    _cue(r"\?\s*\Z", "?", "asks", -1.0, 0.5),
    _cue(r"\d", _ANY, "computes", -0.9, -1.4),
)
_BY_HAND: Final = (
    _cue(r"\A\w+(?: (?:on|a (?:second|minute|moment)))?\W*\Z", _ANY, "stands alone", -4.0, 0.0),
    _cue(
        r"\A.{0,12}?\b(?:oops|scratch that|my (?:mistake|bad)|never ?mind)\b",
        "oops|scratch that|my mistake|my bad|mind",
        "takes it back",
        3.5,
        1.0,
    ),
    _cue(
        rf"{_HALT}.*\b((?:is|was|does|do|did|has|have)(?: not|n't) (?:right|correct|what|fit|match|follow))\b",
        " not |n't ",
        "rejects",
        3.5,
        0.5,
    ),
    _cue(
        rf"{_HALT}.*\b((?:that|this|it)(?:'s| is| was) (?:all )?(?:wrong|incorrect|a mistake|an error))\b",
        "wrong|incorrect|a mistake|an error",
        "rejects",
        3.5,
        0.5,
    ),
    _cue(
        rf"{_HALT}\W+\w.*, (not (?!sure|quite|exactly|only|just|necessarily|yet)[\w$\\]+)",
        ", not ",
        "corrects",
        3.5,
        0.0,
    ),
    _cue(
        rf"\b{_WE} (?:\w+ )?(?:go back|step back|backtrack|start (?:over|again|afresh|from scratch))\b",
        "go back|step back|backtrack|start ",
        "returns",
        4.5,
        0.0,
    ),
    _cue(
        rf"\b{_WE} (?:\w+ )?(?:(?:begin|think|read)\b.* again\b|re-?(?:think|consider|read|evaluate|examine|do)"
        r"|correct (?:that|this|it|the|my))\b",
        "begin|think|read|consider|evaluate|examine|redo|re-do|correct",
        "returns",
        4.5,
        0.0,
    ),
    _cue(
        rf"(?<!maybe )(?<!perhaps )(?<!if )\b((?:I|we)(?: must| think I| clearly)?(?: have|'ve)? made {_A_SLIP}"
        rf"|there(?:'s| is| must be) {_A_SLIP}|my (?:\w+ )?{_SLIP} (?:is|was))\b",
        "mistake|error|slip",
        "admits a slip",
        5.0,
        0.0,
    ),
    _cue(
        r"\b((?:is|was|are|were|be|go|went) (?:clearly |definitely |still )?(?:wrong|incorrect)|messed up)\b",
        "wrong|incorrect|messed up",
        "faults",
        0.0,
        2.5,
    ),
)

CUES: Final = (*_OPENINGS, *_CONTENT, *_BY_HAND)
_PLACES: Final = tuple((word, place) for place, cue in enumerate(CUES) for word in cue.phrase.words)
_LEADING: Final = re.compile(r"\A\W+")


def score(sentence: str, *, opens_step: bool) -> Score:
    """Weighs a sentence.

    Args:
        sentence: its text, with or without white space around it.
        opens_step: whether it is the first sentence of its step.
    """
    body = _LEADING.sub("", sentence)
    found = [
        (cue, match.group(match.lastindex or 0))
        for cue in _worth_a_look(folded(body))
        for match in [cue.phrase.look(body)]
        if match is not None
    ]
    turns = opens_step and any(cue.interrupts for cue, _ in found)
    revises = REVISION_BIAS + sum(cue.revises for cue, _ in found) + (NEW_STEP if turns else 0.0)
    doubts = DOUBT_BIAS + sum(cue.doubts for cue, _ in found)
    return Score(
        revises,
        doubts,
        _evidence([(cue.revises, words, cue.says) for cue, words in found]),
        _evidence([(cue.doubts, words, cue.says) for cue, words in found]),
    )


def _worth_a_look(lowered: str) -> list[Cue]:
    """The cues that have a word in a sentence, in the order of the table."""
    return [CUES[place] for place in sorted({place for word, place in _PLACES if word in lowered})]


def _evidence(found: list[tuple[float, str, str]]) -> tuple[str, ...]:
    """The matched words and what they do, for the cues that speak for a verdict, strongest first."""
    speaking = sorted((one for one in found if one[0] > 0), key=lambda one: -one[0])
    return tuple(f"“{_shortened(words)}” {says}" for _, words, says in speaking)


def _shortened(words: str) -> str:
    flat = " ".join(words.split()).strip(" ,.;:")
    return flat if len(flat) <= 40 else f"{flat[:18].rstrip()} … {flat[-18:].lstrip()}"
