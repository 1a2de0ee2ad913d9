"""Places labels where they cover nothing: at line ends and points. Knows positions, not what they mean."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox, blended_transform_factory

from evaluator.reporting.plots.style import Look

LABEL_GAP = 5.5
"""Least distance of two labels at the ends of lines, in per cent of the axis."""
CLEARANCE = 3.0
"""Pixels that stay free around a label beside a point."""
DISTANCES = (14, 24, 38, 56, 78, 104, 136, 172, 214, 262, 316)
DIRECTIONS = 20
STEPS = 24
"""Points that stand for a line."""
CROSSING = 160.0
"""Pixels that a label moves further off rather than have a line run through it."""
AWAY = 14.0
"""Pixels around its own point in which a line may cross what is there."""
ROUNDS = 4
"""How often each label may move again, once the others stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A line's last point and what it is called."""

    height: float
    label: str
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A marker with the ends of its two error bars, in data coordinates, and its label."""

    x: float
    y: float
    left: float
    right: float
    low: float
    high: float
    label: str
    look: Look


def label_ends(axes: Axes, ends: Iterable[End], gap: float = LABEL_GAP) -> None:
    """Labels right of the axes, each after its line's marker, moved apart where they would overlap."""
    ordered = sorted(ends, key=lambda end: (end.height, end.label))
    beside = blended_transform_factory(axes.transAxes, axes.transData)
    for end, height in zip(ordered, spread([end.height for end in ordered], gap), strict=True):
        axes.plot(
            [1.02, 1.05, 1.08],
            [height] * 3,
            transform=beside,
            clip_on=False,
            color=end.look.colour,
            marker=end.look.marker,
            markevery=[1],
            linestyle=end.look.dash,
            markersize=5,
            linewidth=1.2,
        )
        axes.annotate(
            end.label, (1.1, height), xycoords=("axes fraction", "data"), va="center", fontsize=9, annotation_clip=False
        )


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Ascending heights moved apart to at least `gap`, none above 100 as long as there is room below."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    ceiling = 100.0
    for index in reversed(range(len(placed))):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def label_points(figure: Figure, axes: Axes, points: Sequence[Point]) -> list[Bbox]:
    """A label beside each point that covers no marker, no error bar and no other label; returns where they stand.

    The layout is fixed first, since it is pixels that must not overlap. A label that finds no free place takes the one
    that covers least. Points in the thick of it choose first.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    obstacles = [box for point in points for box in obstacle_boxes(axes, point)]
    texts = [_text(axes, point) for point in points]
    choices = [_choices(axes, point, text) for point, text in zip(points, texts, strict=True)]
    crowded = sorted(range(len(points)), key=lambda place: _crowding(axes, points[place], points))
    placed: dict[int, Bbox] = {}
    for _ in range(ROUNDS):
        for place in crowded:
            others = {other: box for other, box in placed.items() if other != place}
            lines = [_leader(_pixels(axes, points[other]), box) for other, box in others.items()]
            scene = _Scene(boxes=[*obstacles, *others.values()], leaders=lines, inside=axes.get_window_extent())
            placed[place] = scene.best(choices[place], _pixels(axes, points[place]))
    for place, (point, text) in enumerate(zip(points, texts, strict=True)):
        x, y = axes.transData.transform((point.x, point.y))
        box = placed[place]
        text.set_anncoords("offset points")
        text.set_position(((box.x0 + box.x1 - 2 * x) * 36 / figure.dpi, (box.y0 + box.y1 - 2 * y) * 36 / figure.dpi))
    return [placed[place] for place in range(len(points))]


def _text(axes: Axes, point: Point) -> Annotation:
    """A label on its point, to be moved."""
    return axes.annotate(
        point.label,
        (point.x, point.y),
        xytext=(0, 0),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=9,
        linespacing=1.15,
        arrowprops={"arrowstyle": "-", "color": point.look.colour, "lw": 0.7, "shrinkA": 0, "shrinkB": 5},
    )


def _choices(axes: Axes, point: Point, text: Annotation) -> list[Bbox]:
    size, centre = text.get_window_extent(), axes.transData.transform((point.x, point.y))
    return [_moved(centre, offset, size) for offset in _offsets(size)]


def obstacle_boxes(axes: Axes, point: Point) -> list[Bbox]:
    """The pixels of a marker and of its error bars with their caps."""
    (x, y), (left, _), (right, _), (_, low), (_, high) = (
        axes.transData.transform(pair)
        for pair in (
            (point.x, point.y),
            (point.left, point.y),
            (point.right, point.y),
            (point.x, point.low),
            (point.x, point.high),
        )
    )
    return [
        Bbox.from_extents(x - 7, y - 7, x + 7, y + 7),
        Bbox.from_extents(left - 2, y - 4, right + 2, y + 4),
        Bbox.from_extents(x - 4, low - 2, x + 4, high + 2),
    ]


def _crowding(axes: Axes, point: Point, points: Sequence[Point]) -> float:
    """The pixels to the nearest other point."""
    here = axes.transData.transform((point.x, point.y))
    others = (axes.transData.transform((other.x, other.y)) for other in points if other is not point)
    return min((math.dist(here, other) for other in others), default=math.inf)


def _offsets(size: Bbox) -> Iterator[tuple[float, float]]:
    """Where a label's middle may stand, in pixels from its point, the nearest first."""
    for distance in DISTANCES:
        for step in range(DIRECTIONS):
            angle = 2 * math.pi * step / DIRECTIONS
            across, up = math.cos(angle), math.sin(angle)
            yield across * (distance + size.width / 2), up * (distance + size.height / 2)


def _moved(centre: Any, offset: tuple[float, float], size: Bbox) -> Bbox:
    x, y = centre[0] + offset[0], centre[1] + offset[1]
    across, up = size.width / 2 + CLEARANCE, size.height / 2 + CLEARANCE
    return Bbox.from_extents(x - across, y - up, x + across, y + up)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What a label has to keep clear of, in pixels."""

    boxes: list[Bbox]
    leaders: list[list[tuple[float, float]]]
    inside: Bbox

    def best(self, choices: Sequence[Bbox], point: tuple[float, float]) -> Bbox:
        """Of the places that cover least, a near one whose line crosses little."""
        covered = [self._covered(box) for box in choices]
        least = min(covered)
        return min(
            (box for box, hidden in zip(choices, covered, strict=True) if hidden == least),
            key=lambda box: CROSSING * self._crossings(box, point) + _away(point, box),
        )

    def _covered(self, box: Bbox) -> float:
        """The pixels of boxes under this one, and those of it outside the axes."""
        hidden = sum(_overlap(box, other) for other in self.boxes)
        return round(hidden + box.width * box.height - _overlap(box, self.inside), 3)

    def _crossings(self, box: Bbox, point: tuple[float, float]) -> int:
        """How many lines run through a label, and how many boxes away from its own point its line runs through."""
        own = [step for step in _leader(point, box) if math.dist(step, point) > AWAY]
        under = sum(any(box.contains(*step) for step in line) for line in self.leaders)
        return under + sum(any(other.contains(*step) for step in own) for other in self.boxes)


def _pixels(axes: Axes, point: Point) -> tuple[float, float]:
    x, y = axes.transData.transform((point.x, point.y))
    return float(x), float(y)


def _away(point: tuple[float, float], box: Bbox) -> float:
    return math.dist(point, ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2))


def _leader(point: tuple[float, float], box: Bbox) -> list[tuple[float, float]]:
    """Steps along the line from a point to the middle of its label, up to its edge."""
    (x, y), middle = point, ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    steps = [(x + k / STEPS * (middle[0] - x), y + k / STEPS * (middle[1] - y)) for k in range(STEPS + 1)]
    return [step for step in steps if not box.contains(*step)]


def _overlap(first: Bbox, second: Bbox) -> float:
    width = min(first.x1, second.x1) - max(first.x0, second.x0)
    height = min(first.y1, second.y1) - max(first.y0, second.y0)
    return float(max(width, 0.0) * max(height, 0.0))
