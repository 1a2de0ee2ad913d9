"""The scripted model's script, which adds and subtracts a story's numbers, one line each, as a reasoner would.

It reads the story out of the prompt by rule, so it stays right where the rules do: short stories whose sentences each
have one number. If the thinking it has to continue is its own, it goes on where that stops; on somebody else's thinking
it turns back, and starts again. Knows no engine.
"""

from __future__ import annotations

import re
from random import Random

_OPEN = re.compile(r"<think>\n?|\[THINK\]\n?|<seed:think>\n?")
_CLOSE = "</think>"
_SENTENCE = re.compile(r"[^.?!\n<>|\[\]]*\d[^.?!\n<>|\[\]]*[.?!]")
_NUMBER = re.compile(r"\d+")
_LESS = re.compile(r"\b(gives?|gave|loses?|lost|eats?|ate|sells?|sold|uses?|used|drops?|spends?|spent|breaks?)\b", re.I)
_TURNS = (
    "Wait, that is not right. Let me go back to the question.\n",
    "Hold on, this does not fit the question. Let me start again.\n",
    "Wait. Let me think again from the start.\n",
)


def story_script(prompt: str, seed: int) -> str:
    """The rest of the completion of `prompt`: thinking, the close tag and a boxed answer."""
    opened = list(_OPEN.finditer(prompt))
    question = prompt[: opened[-1].start()] if opened else prompt
    written = prompt[opened[-1].end() :] if opened else ""
    random = Random(f"{seed} {question}")
    thinking, answer = _trace(question, random)
    ending = f"{_CLOSE}\n\nThe answer is \\boxed{{{answer}}}."
    if _CLOSE in written:
        return f"The answer is \\boxed{{{answer}}}."
    lead = "" if opened else "<think>\n"
    if thinking.startswith(written):
        return lead + thinking[len(written) :] + ending
    line_break = "" if written.endswith("\n") else "\n"
    return line_break + random.choice(_TURNS) + thinking + ending


def _trace(question: str, random: Random) -> tuple[str, int]:
    """The thinking, and the number it comes to; now and then it slips, and corrects itself."""
    moves = [(_move(sentence), sentence) for sentence in _SENTENCE.findall(question)]
    if not moves:
        return "There is no number in the question.\n", 0
    total = abs(moves[0][0])
    lines = [f"The story starts with {total}."]
    for number, _ in moves[1:]:
        result = total + number
        sum_text = f"{total} {'+' if number >= 0 else '-'} {abs(number)}"
        if random.random() < 0.2:
            lines += [f"{sum_text} = {result + 1}.", f"Wait, {sum_text} is {result}, not {result + 1}."]
        else:
            lines.append(f"{random.choice(('So', 'Then', 'Now'))} {sum_text} = {result}.")
        total = result
    lines.append(f"So the result is {total}.")
    return "\n".join(lines) + "\n", total


def _move(sentence: str) -> int:
    """What a sentence adds; negative where it takes away."""
    number = int(_NUMBER.findall(sentence)[0][:9])
    return -number if _LESS.search(sentence) else number
