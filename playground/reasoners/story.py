"""The arithmetic stories, in which somebody starts with some things and gains or loses some, step by step.

Knows how a story is worded as an English question and what its answer is; does not know who thinks about it or how.
"""

from __future__ import annotations

from dataclasses import dataclass

HIGHEST = 99
"""No number of a story, not even one on the way to the answer, is above this."""

PRONOUNS = {
    **dict.fromkeys(
        ("Mia", "Zoe", "Ana", "Eva", "Ivy", "Nina", "Lily", "Rosa", "Ella", "Sara", "Maya", "Lucy"), ("she", "her")
    ),
    **dict.fromkeys(
        ("Leo", "Sam", "Ben", "Max", "Tom", "Omar", "Hugo", "Adam", "Noah", "Finn", "Jack", "Paul"), ("he", "him")
    ),
}
"""Every name, with its pronoun as a subject and as an object."""

NAMES = tuple(PRONOUNS)

THINGS = (
    "stickers", "shells", "marbles", "coins", "books", "pencils", "apples", "cards", "stamps", "beads", "buttons",
    "cookies", "balloons", "flowers", "stones", "ribbons", "crayons", "candles", "keys", "toys", "plums", "eggs",
    "badges", "kites",
)  # fmt: skip

GAINS = {
    "buy": "{hero} buys {n} more {thing}",
    "find": "{hero} finds {n} {thing}",
    "win": "{hero} wins {n} {thing}",
    "collect": "{hero} collects {n} more {thing}",
    "pick up": "{hero} picks up {n} {thing}",
    "be given": "{partner} gives {hero} {n} {thing}",
    "be sold": "{partner} sells {hero} {n} {thing}",
    "get from": "{hero} gets {n} {thing} from {partner}",
    "take from": "{hero} takes {n} {thing} from {partner}",
}
LOSSES = {
    "give away": "{hero} gives away {n} {thing}",
    "lose": "{hero} loses {n} {thing}",
    "sell": "{hero} sells {n} {thing}",
    "drop": "{hero} drops {n} {thing}",
    "throw away": "{hero} throws away {n} {thing}",
    "give": "{hero} gives {partner} {n} {thing}",
    "sell to": "{hero} sells {partner} {n} {thing}",
    "be gotten from": "{partner} gets {n} {thing} from {hero}",
    "be taken from": "{partner} takes {n} {thing} from {hero}",
}
VERBS = GAINS | LOSSES
"""How a move is worded; who gives and who takes decides whether the hero gains or loses."""

DECOY_VERBS = ("buys", "finds", "wins", "loses", "sells", "drops")
LEADS = ("", "Then ", "Next ", "Later ", "After that ")
OPENINGS = ("{hero} starts with {n} {thing}.", "{hero} has {n} {thing}.", "{hero} begins with {n} {thing}.")
ENDINGS = (
    "How many {thing} does {hero} have now?",
    "How many {thing} does {hero} have in the end?",
    "How many {thing} are left with {hero}?",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One arithmetic step: the hero gains or loses `amount` things, perhaps from or to a partner."""

    verb: str
    """A key of `VERBS`."""
    amount: int
    partner: str = ""
    """The other person, or "" where the verb has none."""
    lead: str = ""
    """The word that joins the sentence to the one before, one of `LEADS`."""
    pronoun: bool = False
    """Whether the question says she, he, her or him instead of the hero's name."""

    @property
    def change(self) -> int:
        """What the move adds to the hero's things (negative for a loss)."""
        return self.amount if self.verb in GAINS else -self.amount

    def receiver(self, hero: str) -> str:
        """The one of two people who has the things afterwards, or "" where nobody else takes part."""
        if not self.partner:
            return ""
        return hero if self.change > 0 else self.partner

    def clause(self, hero: str, thing: str, *, pronoun: bool = False) -> str:
        """The move in words, without the full stop."""
        template = VERBS[self.verb]
        subject = template.startswith("{hero}")
        called = PRONOUNS[hero][0 if subject else 1] if pronoun else hero
        text = self.lead + template.format(hero=called, partner=self.partner, n=self.amount, thing=thing)
        return text[0].upper() + text[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoy:
    """A sentence about another thing of the hero, or about the same thing of another person: it must not be counted."""

    verb: str
    amount: int
    thing: str
    person: str = ""
    """The other person, or "" when the hero does something with another thing."""

    def sentence(self, hero: str) -> str:
        """The decoy in words."""
        if self.person:
            return f"{self.person} {self.verb} {self.amount} {self.thing}."
        return f"{hero} also {self.verb} {self.amount} {self.thing}."


Event = Move | Decoy


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A whole story, content and wording."""

    hero: str
    thing: str
    start: int
    events: tuple[Event, ...]
    opening: str = OPENINGS[0]
    ending: str = ENDINGS[0]

    @property
    def moves(self) -> tuple[Move, ...]:
        """The events that count, in order."""
        return tuple(event for event in self.events if isinstance(event, Move))

    @property
    def answer(self) -> int:
        """How many things the hero has in the end."""
        return self.start + sum(move.change for move in self.moves)

    @property
    def problem(self) -> str:
        """The question in English."""
        told = [self.opening_sentence]
        for event in self.events:
            if isinstance(event, Decoy):
                told.append(event.sentence(self.hero))
            else:
                told.append(event.clause(self.hero, self.thing, pronoun=event.pronoun) + ".")
        told.append(self.ending.format(hero=self.hero, thing=self.thing))
        return " ".join(told)

    @property
    def opening_sentence(self) -> str:
        """The sentence that says what the hero has at first."""
        return self.opening.format(hero=self.hero, n=self.start, thing=self.thing)

    @property
    def content(self) -> str:
        """What the story is about, whatever its wording: hero, thing, first number and the changes in order."""
        return " ".join([self.hero, self.thing, str(self.start), *(f"{move.change:+d}" for move in self.moves)])
