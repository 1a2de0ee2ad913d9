r"""Which full stops end a sentence: abbreviations, initials, list markers, ellipses, factorials, and LaTeX.

A stop can end a sentence only before white space (wide CJK stops need none). The verdict reads the last characters of
the sentence and the first character behind the gap, nothing else, so a stream can give it at once. Does not know
streams, steps or offsets.
"""

import re

LOOK_BACK = 64
"How many characters of the unfinished sentence a verdict may read."

_STOP = re.compile(r"""([.!?…。！？．｡؟।]+)((?:["'”’)\]}*_»」』）$]|\\[)\]])*)$""")
_CONTINUES = frozenset(",;:)]}+=<>/%^&|")
_OPENING = "([{\"'“‘*_<"

_TITLES = r"(?:dr|mrs?|ms|prof|sr|jr|st|gen|col|capt|lt|sgt|rev|hon|pres|gov|messrs|mt|ft)"
_TITLE = re.compile(rf"{_TITLES}\.", re.IGNORECASE)
_NEVER_LAST = re.compile(
    rf"{_TITLES}|e\.g|i\.e|cf|vs|viz|al|approx|resp|ca|figs?|eqn?s?|secs?|thm|lem|cor|prop|def|vol|w\.r\.t|w\.l\.o\.g"
    r"|i\.i\.d|a\.k\.a|incl?|excl|esp|dept|est|jan|feb|apr|aug|sept|oct|nov|dec|\S*\\(?:left|right|[bB]igg?)",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(r"nos?|pp?|ch|ex|art|prob|par|min|max|ed|var", re.IGNORECASE)
_BEFORE_LETTER = re.compile(
    r"so|thus|hence|then|therefore|and|or|but|is|not|are|be|option|choice|answer|point|vertex|angle|side|line|case|set"
    r"|triangle|circle|segment|column|row|step|part|group|class|grade|type|event|matrix|figure|team|player|person|box"
    r"|bag|room|variable|value|plan|statement|reason|house|door|car|bus|train|bin|urn|node|graph|city|town",
    re.IGNORECASE,
)
"Words that stand before a letter as a label (Point A, Option B), which is nobody's initial."
_LIST_MARKER = re.compile(r"\s*[-–—•*_#>(\[\s]*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[)\]]?[.)][*_)\]]*")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]")


def ends_sentence(sentence: str, following: str, *, at_step_start: bool) -> bool:
    """Whether a sentence ends here.

    Args:
        sentence: its text up to the gap, at least the last `LOOK_BACK` characters of it.
        following: the first visible character behind the gap.
        at_step_start: whether the sentence is the first one of its step, where "1." is a list marker.
    """
    stop = _STOP.search(sentence)
    if stop is None or sentence[: stop.start()].endswith("\\"):
        return False
    marks, before = stop[1], sentence[: stop.start()]
    wide = any(mark in "。！？．｡" for mark in marks)
    if wide or following in _CONTINUES:
        return wide
    if any(mark in "?؟।" for mark in marks):
        quoted = bool(stop[2])
        return not (quoted and following.islower())
    if "…" in marks or ".." in marks:
        return following.isalpha() and not following.islower()
    if "!" in marks:
        return _exclaims(before, following)
    marker = at_step_start and len(sentence) < LOOK_BACK and _LIST_MARKER.fullmatch(sentence)
    return not marker and _full_stop_ends(before, following)


def _exclaims(before: str, following: str) -> bool:
    """Tells an exclamation from a factorial ("5! is", "n! + 1")."""
    words = before.split()
    word = words[-1] if words else ""
    factorial = word[-1:].isdigit() or word[-1:] in ")}" or len(word) == 1
    return following.isupper() if factorial else not following.islower()


def _full_stop_ends(before: str, following: str) -> bool:
    words = before.split()
    word = words[-1].lstrip(_OPENING) if words else ""
    if _NEVER_LAST.fullmatch(word) or (following.isdigit() and _BEFORE_NUMBER.fullmatch(word)):
        return False
    if _DOTTED.fullmatch(word):
        return word.lower() in ("a.m", "p.m") and following.isupper()
    if len(word) == 1 and word.isupper() and _is_initial(words[:-1]):
        return False
    return not following.islower() or word[-1:].isdigit() or word[-1:] in (")", "]", "}", "$")


def _is_initial(words_before: list[str]) -> bool:
    """Whether a single capital is somebody's initial: it opens the sentence or follows a name, a title, an initial."""
    if not words_before:
        return True
    last = words_before[-1].lstrip(_OPENING)
    if last.endswith("."):
        return len(last) == 2 or _TITLE.fullmatch(last) is not None
    name = last.isalpha() and last[0].isupper() and len(last) > 1
    return name and _BEFORE_LETTER.fullmatch(last) is None


class Math:
    r"""Follows LaTeX delimiters through a text: ``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]``, ``\begin{…}…\end{…}``.

    A dollar before a digit is taken for money, so "$5. She pays $6." stays two sentences. Inline mathematics ends at
    a line break, display mathematics at a blank line, whether closed or not.
    """

    def __init__(self) -> None:
        self._open = ""
        self._environments = 0
        self._escaped = False
        self._dollar = False

    @property
    def display(self) -> bool:
        """Whether a display block is open."""
        return self._open in ("$$", "\\[") or self._environments > 0

    @property
    def inside(self) -> bool:
        """Whether inline or display mathematics is open."""
        return bool(self._open) or self._environments > 0

    def pause(self, line_breaks: int) -> None:
        """Takes note of white space with that many line breaks in it."""
        self._escaped = False
        self._dollar = False
        if line_breaks > 1:
            self._open, self._environments = "", 0
        elif line_breaks and not self.display:
            self._open = ""

    def read(self, token: str, before: str) -> None:
        """Takes the next run of plain characters or the next single special one, and the text before it."""
        if self._dollar and token != "$":
            self._dollar = False
            if not self._open and (token[0].isalpha() or token[0] in "\\([{|"):
                self._open = "$"
        if token == "\\":
            self._escaped = not self._escaped
            return
        escaped, self._escaped = self._escaped, False
        if token == "$" and not escaped:
            self._read_dollar()
        elif escaped and token in ("(", "[") and not self._open:
            self._open = "\\" + token
        elif escaped and (self._open, token) in (("\\(", ")"), ("\\[", "]")):
            self._open = ""
        elif token == "{" and before.endswith("\\begin"):
            self._environments += 1
        elif token == "{" and before.endswith("\\end"):
            self._environments = max(0, self._environments - 1)

    def _read_dollar(self) -> None:
        if self._dollar:
            self._dollar = False
            self._open = "" if self._open == "$$" else "$$"
        elif self._open == "$":
            self._open = ""
        elif self._open in ("", "$$"):
            self._dollar = True
