"""Draws the turns to come, by a rule or a schedule: a bar for each in its writer's pattern. Pure."""

from __future__ import annotations

from html import escape

from playground.app.relay.cast import LETTERS
from playground.app.relay.wording import took_over
from playground.errors import InvalidInput
from playground.hand_over import Rule, parse_schedule

_ROUNDS = 3
_MOST_STEPS = 24


def picture(mode: str, rule: str, schedule: str, models: int) -> str:
    """HTML with the turns to come, or with what is wrong with them."""
    try:
        if mode == "schedule":
            turns = [(entry.writer, entry.steps) for entry in parse_schedule(schedule, models)]
            return _bars(_repeated(turns), "again and again, up to the answer")
        told = took_over(str(Rule.parse(rule)))
    except InvalidInput as error:
        return f'<p class="turns wrong">{escape(error.message)}</p>'
    order = " → ".join(LETTERS[:models])
    return _bars([(place, 1 + (place == models - 1)) for place in range(models)], f"{order}, {told}")


def _repeated(turns: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A few rounds, as far as they can be told apart."""
    found: list[tuple[int, int]] = []
    for turn in turns * _ROUNDS:
        if sum(steps for _, steps in found) + turn[1] > _MOST_STEPS and found:
            break
        found.append(turn)
    return found


def _bars(turns: list[tuple[int, int]], told: str) -> str:
    bars = "".join(
        f'<i class="writer-{LETTERS[writer]}" style="flex-grow:{steps}"><b class="bar"></b></i>'
        for writer, steps in turns
    )
    names = ", ".join(f"{LETTERS[writer]} {steps}" for writer, steps in turns)
    return f'<p class="turns" role="img" aria-label="{names}">{bars}</p><p class="turns-told">{escape(told)}</p>'
