"""The twin tests by hand on the page: a steer is put into the trajectory, and the model under test goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from playground.app.relay.cast import LETTERS
from playground.app.relay.doing import Doing
from playground.app.relay.writing import Writing
from playground.app.room import Place
from playground.branches import Branch, Probe, shared_length
from playground.errors import InvalidInput
from playground.probes import answer_now
from playground.steers import alone, distracted, guided, said
from playground.trajectory import Author, SteerKind, SteerSource, Trajectory
from playground.turn import Spend


def distract(doing: Doing) -> None:
    """The beginning of the thinking on another question, then the model under test goes on."""
    here, steering = _open(doing), doing.form.steering()
    asked = _other_question(doing, here)
    place = doing.act.writer if doing.form.steer_model == "own" else _next(doing)
    source, foreign = _source(doing, "distractor", asked, place)
    token_ends = doing.participant(doing.act.writer).engine.token_ends
    source = replace(source, proportion=steering.share)
    _go_on(doing, distracted(here, doing.act.offset, source, foreign, (steering, token_ends)))


def guide(doing: Doing) -> None:
    """The beginning of the next model's thinking on this question, from the start, then the model goes on."""
    here, steering = _open(doing), doing.form.steering()
    source, foreign = _source(doing, "guide", here, _next(doing))
    token_ends = doing.participant(doing.act.writer).engine.token_ends
    source = replace(source, proportion=steering.share)
    _go_on(doing, guided(replace(here, segments=(), closed=False), source, foreign, (steering, token_ends)))


def say(doing: Doing) -> None:
    """A steer in one's own words."""
    if not doing.act.text.strip():
        raise InvalidInput("The steer is empty.", "Write it.")
    _go_on(doing, said(_open(doing), doing.act.offset, doing.act.text, doing.form.steering()))


def probe(doing: Doing) -> None:
    """What the model would answer if the thinking ended here; noted in the margin."""
    desk, act = doing.desk, doing.act
    number = desk.tree.number
    if number is None:
        raise InvalidInput("Nothing is written yet.", "Press Run.")
    here = desk.written(act.offset)
    offset = len(here.thinking)
    with desk.aside.begin(f"{_letter(act.writer)} answers") as check:
        writer = doing.participant(act.writer)
        with doing.free_place() as place:
            answer = answer_now(here.cut(offset), writer, _counted(place, check))
    desk.note(number, Probe(offset=offset, model=writer.card.name, place=act.writer, answer=answer))


def _counted(place: Place, check: Callable[[], None]) -> Spend:
    """What is told of the tokens that are written beside the trajectory."""

    def spend(tokens: int) -> None:
        check()
        place.spend_or_end(tokens)

    return spend


def _letter(place: int) -> str:
    return LETTERS[place] if 0 <= place < len(LETTERS) else "?"


def _next(doing: Doing) -> int:
    """The place of the model after the one under test."""
    return (doing.act.writer + 1) % len(doing.setup.cards)


def _open(doing: Doing) -> Trajectory:
    """The trajectory, where the place that was clicked lies in its thinking."""
    doing.desk.rest()
    here = doing.branch.trajectory
    if doing.act.offset > len(here.thinking):
        raise InvalidInput("A steer goes into the thinking.", "Choose a step above the answer.")
    return here


def _other_question(doing: Doing, here: Trajectory) -> Trajectory:
    """The chosen question, or the next of its source whose correct answer is another one."""
    chosen = doing.form.steer_question
    found = doing.questions.by_id.get(chosen) if chosen else doing.questions.after(here.question_id, here.gold)
    if found is None:
        raise InvalidInput(f"There is no question {chosen[:40]!r}.", "Choose one from the list.")
    return Trajectory(question=found.text, gold=found.gold, question_id=found.id)


def _source(doing: Doing, kind: SteerKind, asked: Trajectory, place: int) -> tuple[SteerSource, str]:
    """What a steer is cut from: the thinking of a model alone, written once and then kept."""
    what = "another question" if kind == "distractor" else "this question"
    with doing.desk.aside.begin(f"{_letter(place)} thinks about {what}") as check:
        writer, seed = doing.participant(place), doing.setup.seed
        key = (writer.card.name, asked.question, replace(writer.params, seed=seed))
        solo = doing.solos.get(key)
        if solo is None:
            with doing.free_place() as place_to_write:
                solo = doing.solos[key] = alone(asked, writer, seed, _counted(place_to_write, check))
    author = Author(kind="model", name=writer.card.name)
    made = SteerSource(
        kind=kind,
        question=asked.question,
        question_id=asked.question_id or "",
        author=author,
        proportion=1.0,
    )
    return made, solo.thinking


def _go_on(doing: Doing, steered: Trajectory) -> None:
    desk, setup = doing.desk, doing.setup
    kept = shared_length(steered.text, doing.branch.trajectory.text)
    desk.change(desk.tree.grow(Branch(made="steer", trajectory=steered, parent=desk.tree.number, kept=kept)))
    first = doing.act.writer
    branch = Branch(made="go", trajectory=steered, parent=desk.tree.number, kept=len(steered.text), writer=first)
    desk.write(Writing(branch=branch, setup=setup, first=first, seed=setup.seed, same_act=True, to_the_end=True))
