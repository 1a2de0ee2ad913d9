"""Blocks as Markdown and HTML: what a model wrote stays text."""

from __future__ import annotations

import html

import pandas as pd
import pytest
from hostile_texts import OBEYED, ON_TERMINALS
from hypothesis import given
from hypothesis import strategies as st

from evaluator.reporting.document import (
    Bullets,
    Code,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Strong,
    Table,
    html_body,
    markdown,
)

HOSTILE = "<script>alert(1)</script> & ``` | [x](y) *z* \\"


def test_text_from_outside_is_escaped_on_the_page():
    frame = pd.DataFrame({HOSTILE: [HOSTILE]})
    blocks = [Heading(2, HOSTILE), Paragraph((HOSTILE, Code(HOSTILE), Strong(HOSTILE))), Quote(HOSTILE), Table(frame)]
    page = html_body([*blocks, Bullets(((HOSTILE,),)), Picture("p", HOSTILE)], {"p": "<svg></svg>"})
    assert "<script" not in page
    assert page.count(html.escape(HOSTILE)) == 10


def test_text_from_outside_is_escaped_in_markdown():
    assert markdown([Paragraph(("<b> *x* [a](b) |",))]) == "\\<b\\> \\*x\\* [a\\](b) \\|\n"
    assert markdown([Paragraph((Code("a`b"),))]) == "``a`b``\n"
    assert markdown([Table(pd.DataFrame({"a|<b>": [1]}))]).startswith("| a\\|\\<b\\> ")


@pytest.mark.parametrize("text", ON_TERMINALS)
def test_a_terminal_that_shows_a_report_obeys_no_text(text):
    frame = pd.DataFrame({text: [text]})
    shown = markdown([Heading(2, text), Paragraph((text, Code(text), Strong(text))), Quote(text), Table(frame)])
    assert not OBEYED & set(shown)


def test_intervals_stay_as_they_are():
    assert markdown([Paragraph(("50.0 [40, 60]",))]) == "50.0 [40, 60]\n"


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r"), max_size=60))
def test_a_quote_is_never_left_by_what_it_quotes(text):
    lines = markdown([Quote(text)]).split("\n")
    fence = lines[0].removesuffix("text")
    assert [line for line in lines[1:-1] if line.strip() == fence] == [fence]


@pytest.mark.parametrize("name", ["tiny_oak", "a_b_c"])
def test_names_with_underscores_stay_readable(name):
    assert markdown([Paragraph((name,))]) == f"{name}\n"
