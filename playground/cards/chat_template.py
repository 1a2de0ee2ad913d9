"""A model's chat template, rendered in a sandbox. Knows no trajectory and no think tag.

The templates are the ones published with the models; they run in jinja2's sandbox with the names that
transformers gives them, so that no tokenizer has to be loaded to see a prompt.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NoReturn

from jinja2 import Template, TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.meta import find_undeclared_variables
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from playground.errors import InvalidInput

TEMPLATE_DATE = date(2025, 1, 1)
"""What a template that asks for today's date is told: a prompt must not depend on the day it is made."""

_GIVEN = ("messages", "tools", "documents", "add_generation_prompt", "bos_token", "eos_token")
"""What a template is given beside its switches."""
_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a template can raise: its own refusals, jinja's, and those of the Python that its expressions are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTemplate:
    """The jinja source of a chat template and the strings it needs."""

    source: str
    bos_token: str = ""
    eos_token: str = ""
    options: Mapping[str, str | int | bool] = field(default_factory=dict, hash=False)
    """Switches of the template, such as `thinking` of DeepSeek-V3.1."""

    def render(self, question: str) -> str:
        """The conversation up to the point where the assistant begins: one user turn, no system prompt.

        Raises:
            InvalidInput: the template itself is broken, or refuses the conversation.
        """
        try:
            return _compile(self.source).render(
                messages=[{"role": "user", "content": question}],
                tools=None,
                documents=None,
                add_generation_prompt=True,
                bos_token=self.bos_token,
                eos_token=self.eos_token,
                **self.options,
            )
        except _FAULTS as error:
            raise _failure(error) from None

    def switches(self) -> tuple[str, ...]:
        """The names that the template looks at beside what every template is given, sorted.

        Raises:
            InvalidInput: the template itself is broken.
        """
        environment = _environment()
        try:
            names = find_undeclared_variables(environment.parse(self.source))
        except _FAULTS as error:
            raise _failure(error) from None
        return tuple(sorted(names - set(environment.globals) - set(_GIVEN)))


def _failure(error: Exception) -> InvalidInput:
    fault = str(error).rstrip(".") or type(error).__name__
    return InvalidInput(f"The chat template fails: {fault}.", "Repair the model's chat template.")


@cache
def _compile(source: str) -> Template:
    return _environment().from_string(source)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    extensions = [loopcontrols, _Generation]
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=extensions)
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _fixed_date
    return environment


class _Generation(Extension):
    """`{% generation %}`, which marks what an assistant wrote for training: its content is written as it is."""

    tags = {"generation"}  # noqa: RUF012 – as the base class declares it

    def parse(self, parser: Parser) -> list[Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(value: Any, indent: int | None = None, ensure_ascii: bool = False) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)  # jinja's own filter escapes for HTML


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _fixed_date(form: str) -> str:
    return TEMPLATE_DATE.strftime(form)
