"""Labels cover nothing, figures stay legible with many models, and colours change with the page."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from evaluator.numbers.reference import published
from evaluator.reporting.plots.labels import End, Point, label_ends, label_points, obstacle_boxes, spread
from evaluator.reporting.plots.lines import guidability_figure, recoverability_figure, solve_figure
from evaluator.reporting.plots.style import COLOURS, MARKERS, ON_DARK, Look, inline_svg, looks, page_colours, styled


def drawn(pairs, labels, spans=(2, 3)):
    """A figure with labelled points; its axes, its points and the boxes of their labels."""
    look = Look(COLOURS[0], "o", "-")
    points = [
        Point(
            x=x, y=y, left=x - spans[0], right=x + spans[0], low=y - spans[1], high=y + spans[1], label=label, look=look
        )
        for (x, y), label in zip(pairs, labels, strict=True)
    ]
    figure = Figure(figsize=(7.6, 7.2), layout="constrained")
    axes = figure.subplots()
    axes.set_xlim(-3, 103)
    axes.set_ylim(-3, 103)
    return axes, points, label_points(figure, axes, points)


def overlaps(first, second):
    return (
        min(first.x1, second.x1) - max(first.x0, second.x0) > 0.5
        and min(first.y1, second.y1) - max(first.y0, second.y0) > 0.5
    )


def clear(axes, points, boxes):
    obstacles = [box for point in points for box in obstacle_boxes(axes, point)]
    others = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    return not any(overlaps(a, b) for a, b in [*others, *((box, other) for box in boxes for other in obstacles)])


def test_labels_of_the_papers_fifteen_models_cover_nothing():
    models = published()
    pairs = [(entry["benchmark"], entry["recoverability"]["shared"]["mean"]) for entry in models.values()]
    axes, points, boxes = drawn(pairs, [f"{name} (n = 1000)\nrank 12 → 3 (−9)" for name in models])
    assert clear(axes, points, boxes)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=6, unique=True))
def test_labels_cover_no_marker_no_bar_and_no_other_label(pairs):
    assert clear(*drawn(pairs, [f"model-{i} (n = 70)\nrank 1 → 2 (+1)" for i in range(len(pairs))]))


@given(st.lists(st.floats(0, 100), max_size=15), st.floats(0.5, 6))
def test_labels_at_the_ends_of_lines_are_apart(heights, gap):
    placed = spread(sorted(heights), gap)
    assert all(b - a >= gap - 1e-9 for a, b in pairwise(placed))
    assert all(height <= 100 for height in placed)


def test_labels_are_moved_apart_and_stay_inside():
    assert spread([10, 11, 12], 5) == [10, 15, 20]
    assert spread([99, 100, 100], 5) == [90, 95, 100]
    assert spread([], 5) == []


def cells(test, cell, *places):
    """A model's figures in one breakdown, on individual questions."""
    like = {"model": "m", "test": test, "subset": "individual", "cell": cell, "metric": "accuracy"}
    return pd.DataFrame([{**like, "at": at, "rate": 0.5, "low": 0.4, "high": 0.6, "n": 9} for at in places])


@pytest.mark.parametrize(
    "figure",
    [
        recoverability_figure(cells("recoverability", "position", "0.05", "0.95"), ["m"]),
        recoverability_figure(cells("recoverability", "position", "0.9"), ["m"]),
        recoverability_figure(cells("recoverability", "position", "0.9", "0"), ["m", *"abcdef"]),
        guidability_figure(cells("guidability", "length", "0.1", "1"), ["m"]),
        *(solve_figure(cells("recoverability", "solved", "1", str(n)), ["m"], n) for n in (1, 8, 12, 24, 100)),
    ],
)
def test_every_point_lies_inside_its_axes(figure):
    drawn_lines = [container for axes in figure.axes for container in axes.containers]
    assert drawn_lines
    for container in drawn_lines:
        low, high = container[0].axes.get_xlim()
        assert all(low < x < high for x in container[0].get_xdata())


def test_models_are_told_apart_without_colour():
    drawn_as = {(look.marker, look.dash) for look in looks([str(i) for i in range(8)]).values()}
    assert len(drawn_as) == len(MARKERS)


def test_a_dollar_sign_in_a_models_name_is_no_formula():
    with styled():
        figure = Figure(layout="constrained")
        axes = figure.subplots()
        axes.set_title("$x_{$, 模型")
        label_ends(axes, [End(height=1, label="cost$5, $\\frac$", look=Look(COLOURS[0], "o", "-"))])
        assert "<!-- cost$5, $\\frac$ -->" in inline_svg(figure, "names")


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_figure_on_a_page_takes_the_pages_colours(name):
    with styled():
        figure = Figure()
        figure.subplots().plot([0, 1], color=COLOURS[1])
        element = inline_svg(figure, name)
    assert f"var(--c{COLOURS[1][1:]})" in element
    assert not any(colour in element for colour in ON_DARK)
    assert all(found.startswith(f"{name}-") for found in re.findall(r'\bid="([^"]+)"', element))


def test_every_colour_is_told_for_both_pages():
    for declarations in page_colours():
        assert re.findall(r"--c(\w{6}):#\w{6};", declarations) == [colour[1:] for colour in ON_DARK]
