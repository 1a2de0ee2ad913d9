"""All figures of a report, by their names, with what each shows. Writes no file."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from evaluator.numbers.findings import Findings
from evaluator.reporting.plots.classes import class_figure
from evaluator.reporting.plots.lines import guidability_figure, recoverability_figure, solve_figure
from evaluator.reporting.plots.maps import position_map
from evaluator.reporting.plots.ranks import rank_figure
from evaluator.reporting.plots.turning import turning_figure


def drawings(findings: Findings) -> Mapping[str, Figure]:
    """What there is to draw, in the order of the report. To be called, and the figures saved, within `styled`."""
    figures, models = findings.figures, findings.models
    drawn = {
        "recoverability": recoverability_figure(figures, models),
        "positions": position_map(figures, models),
        "ranks": rank_figure(figures, findings.ranks),
        "guidability": guidability_figure(figures, models),
        "solved": solve_figure(figures, models, findings.config.n),
        "turning": turning_figure(findings.outcomes, models),
        "classes": class_figure(figures, models),
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}
