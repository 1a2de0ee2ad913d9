r"""Finds the final answer of a completion, and the candidate answers along a trace.

Everything is read as text, with patterns whose time is linear in it; nothing is evaluated. Does not judge whether an
answer is right (`playground.grading` does), and does not know think tags.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from playground.steps import Sentence, SentenceReader

_LONGEST: Final = 1000
"Integers of more characters, and candidates in boxes of more, are not read: no gold answer is that long."

_BARE = r"[-+−]?\d(?:[\d,]*\d)?(?:\.\d+)?|[A-Za-z](?![A-Za-z])"
_BOX = re.compile(rf"\\(?:boxed|fbox)(?![A-Za-z])\s*(?:(?P<brace>{{)|(?P<bare>{_BARE}))?|\\.|[{{}}]", re.DOTALL)
_SAID = re.compile(
    r"^####\s*|\banswer\b[*_]*\s*(?:(?:is|equals|should be|must be|would be|will be)\b|[:=])"
    r"(?:\s|[*_:]|\b(?:therefore|thus|indeed|simply|just|then|equal to|exactly)\b)*",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\}\s*(?:\$+|\\[)\]])?\s*(?:,|,?\s*(?:and|or)\b|,?\s*\\(?:text|mbox)\{\s*,?\s*(?:and|or)\s*\})\s*"
    r"(?:\$+|\\[(\[])?\s*(?:[A-Za-z]\s*=\s*)?\\(?:boxed|fbox)\s*\{"
)
_GROUPING = re.compile(r"(?<=[0-9])(?:\{,\}|,?\\[,!;: ]|[\u2009\u202f\xa0])(?=[0-9]{3})")
_INTEGER = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0*)?")
_WRAPPED = re.compile(
    r"\$+([^$]*)\$+|\\\((.*)\\\)|\\\[(.*)\\\]|\*\*(.*)\*\*"
    r"|(?:\\(?:text|textbf|mathrm|mathbf|boxed|fbox))?\{([^{}]*(?:\{,\}[^{}]*)*)\}",
    re.DOTALL,
)

_VALUE = (
    r"(?:\\[(\[]\s?|\$)?(?P<value>[-+−]?\s?(?:\\?\$)?"
    r"(?:\d(?:(?:,|\{,\}|\\,)?\d)*(?:\.\d+)?(?:\s?/\s?\d+)?|\\[dt]?frac\{[^{}]{1,40}\}\{[^{}]{1,40}\}|\d*\\sqrt\{[^{}]{1,40}\})"
    r"(?:\^?\\circ|\\?%)?)"
)
_WHOLE = (
    r"(?![\w^{(]|[.,]\d|\s?[*+×·÷/<>=^−]|\s?-\s?[\d\\(x-z]"
    r"|\s?\\(?:times|cdot|div|pmod|pi|sqrt|frac|pm)|\s(?:mod|times|plus|minus)\b)"
)
_STATED_VALUE = re.compile(_VALUE + _WHOLE)
_EQUATION = re.compile(rf"(?:=|≈|\\approx|\bequals\b)\s*{_VALUE}{_WHOLE}")
_STATEMENT = re.compile(
    rf"\b(?:is|are|was|be|has|have|had|gets?|got|gives?|makes?|leaves?|remains?|of|only|now)\s+{_VALUE}{_WHOLE}",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\W*(?:(?:and|but)\b\W*)?"
    r"(?:so|thus|therefore|hence|finally|altogether|in total|in all|this (?:gives|leaves|makes))\b",
    re.IGNORECASE,
)
_NOISE = re.compile(r"\\(?:left|right|,|!|;|:|%|\$|\s)|\^\{?\\circ\}?|[\s$%,]")
_FRACTION = re.compile(r"\\[dt]?frac(?:\{([^{}]*)\}|(\d))(?:\{([^{}]*)\}|(\d))")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer written along a trace: where its value stands, in characters, and the value as written."""

    start: int
    end: int
    text: str


def final_answer(answer_text: str) -> str | None:
    r"""The answer that a completion ends on, as written, or None.

    The last box whose braces are balanced (``\boxed{…}``, ``\fbox{…}``, ``\boxed 5``; of nested boxes the innermost),
    with the boxes before it that only a comma, "and" or "or" parts from it, for these are one answer of several values;
    else what the last "the answer is …" or "Answer: …" says up to the end of its sentence, else a text that is nothing
    but an integer.
    """
    boxed = _last_boxes(answer_text)
    if boxed:
        return ", ".join(dict.fromkeys(boxed))
    said = [match.end() for match in _SAID.finditer(answer_text)]
    if said:
        return _first_sentence(answer_text[said[-1] :]) or None
    return answer_text.strip() if integer(answer_text) is not None else None


def last_box(text: str) -> str | None:
    """What stands in the last balanced box that is not empty, and in it alone; None without a box."""
    boxed = _last_boxes(text)
    return boxed[-1] if boxed else None


def integer(text: str) -> int | None:
    r"""The integer that an extracted answer is, or None when it is anything else.

    Reads signs, grouping (``1,234``, ``1{,}234``, ``1\,234``), a closing full stop, ``27.0``, and the usual wrappers
    (``$…$``, ``\(…\)``, ``\text{…}``, ``\boxed{…}``, ``**…**``). Strict otherwise: "27 stickers", "27%" and "n = 27"
    are None, since what a unit or a name means is for the grader of the question to say.
    """
    bare = text.strip()
    if len(bare) > _LONGEST:
        return None
    wrapped = _WRAPPED.fullmatch(bare.removesuffix("."))
    while wrapped is not None:
        bare = next(part for part in wrapped.groups() if part is not None).strip()
        wrapped = _WRAPPED.fullmatch(bare.removesuffix("."))
    digits = _GROUPING.sub("", bare).replace("−", "-").replace("–", "-")
    if _INTEGER.fullmatch(digits) is None:
        return None
    return int(digits.partition(".")[0].replace(",", ""))


class CandidateStream:
    """Finds candidate answers while text streams, sentence by sentence.

    A candidate is the content of a box, the value of an "answer is …", the value that an equation ends on ("= 27."),
    or a value stated in a sentence that concludes ("So Mia has 27 stickers now"). Results of intermediate steps are
    candidates as well: each could be the answer to a reader who does not know the question.
    """

    def __init__(self) -> None:
        self._sentences = SentenceReader()

    def feed(self, delta: str) -> list[Candidate]:
        """Takes the next piece of text; returns the candidates of the sentences it sealed."""
        return _in_sentences(self._sentences.feed(delta))

    def close(self) -> list[Candidate]:
        """Ends the text; returns the candidates of its last sentence."""
        return _in_sentences(self._sentences.close())


def candidates(text: str) -> list[Candidate]:
    """The candidate answers of a finished text, in order."""
    stream = CandidateStream()
    return stream.feed(text) + stream.close()


def contains_answer(text: str, gold: str) -> bool:
    """Whether the gold answer is among the candidate answers written in a text: the leakage rule (paper, section 3)."""
    return any(alike(candidate.text, gold) for candidate in candidates(text))


def alike(left: str, right: str) -> bool:
    """Whether two answers differ in notation at the most, as far as their text tells."""
    return _comparable(left) == _comparable(right)


def _boxes(text: str) -> list[tuple[int, int]]:
    """Where the contents of balanced boxes stand, by their start. One pass, whatever the nesting."""
    found: list[tuple[int, int]] = []
    braces: list[tuple[int, bool]] = []
    for match in _BOX.finditer(text):
        if match["bare"]:
            found.append(match.span("bare"))
        elif match["brace"] or match.group() == "{":
            braces.append((match.end(), match["brace"] is not None))
        elif match.group() == "}" and braces:
            start, boxed = braces.pop()
            if boxed:
                found.append((start, match.start()))
    return sorted(found)


def _last_boxes(text: str) -> list[str]:
    """The contents of the last boxes, as many as stand together as one answer; empty boxes do not count."""
    contents: list[str] = []
    first = -1
    for start, end in reversed(_boxes(text)):
        if contents and not _TOGETHER.fullmatch(text, end, first):
            break
        content = text[start:end].strip()
        if content:
            contents.append(content)
            first = start
    return contents[::-1]


def _first_sentence(text: str) -> str:
    reader = SentenceReader()
    sentence = next(iter(reader.feed(text) + reader.close())).text if text else ""
    bare = sentence.strip().rstrip(".!").strip("*_ ")
    wrapped = _WRAPPED.fullmatch(bare) if len(bare) <= _LONGEST else None
    return next(part for part in wrapped.groups() if part is not None).strip() if wrapped else bare


def _in_sentences(sentences: list[Sentence]) -> list[Candidate]:
    return [candidate for sentence in sentences for candidate in _in_sentence(sentence)]


def _in_sentence(sentence: Sentence) -> list[Candidate]:
    text = sentence.text
    spans = {start: end for start, end in _boxes(text) if 0 < end - start <= _LONGEST}
    for said in _SAID.finditer(text):
        value = _STATED_VALUE.match(text, said.end())
        if value is not None:
            spans.setdefault(*value.span("value"))
    patterns = (_EQUATION, _STATEMENT) if _CONCLUDES.match(text) else (_EQUATION,)
    for pattern in patterns:
        for match in pattern.finditer(text):
            spans.setdefault(*match.span("value"))
    offset = sentence.span.start
    return [Candidate(offset + start, offset + end, text[start:end]) for start, end in sorted(spans.items())]


@lru_cache(maxsize=1 << 12)
def _comparable(answer: str) -> int | str:
    """A form in which answers that differ in notation only are equal."""
    plain = _FRACTION.sub(r"\1\2/\3\4", _NOISE.sub("", answer)).replace("−", "-").removesuffix(".")
    number = integer(answer) if integer(answer) is not None else integer(plain)
    return plain if number is None else number
