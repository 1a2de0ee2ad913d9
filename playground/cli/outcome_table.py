"""Shows the figures of a comparison as a table on a terminal. Counts nothing."""

from __future__ import annotations

from collections.abc import Sequence

from playground.cli.terminal import BOLD, FAINT, Terminal
from playground.outcomes.comparison import Comparison, Sample, Share, Summary, summarize

HEAD = ("arm", "n", "correct %", "tokens", "seconds", "backtracked %", "adopted %", "outcomes")


def show(terminal: Terminal, comparison: Comparison, names: Sequence[str], samples: Sequence[Sample]) -> None:
    """Write who is who, and a row for each arm."""
    for letter, name in zip("AB", names, strict=False):
        terminal.line(f"{letter} {name}", FAINT)
    rows = [HEAD, *(_row(summarize(str(arm), samples)) for arm in comparison.arms)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    for number, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        terminal.write("  ".join(cells).rstrip() + "\n", "0" if number else BOLD)


def _row(summary: Summary) -> tuple[str, ...]:
    return (
        summary.arm,
        str(summary.n),
        _share(summary.correct),
        _mean(summary.tokens, ".0f"),
        _mean(summary.seconds, ".1f"),
        _share(summary.backtracked),
        _share(summary.adopted),
        ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.outcomes.items()),
    )


def _share(share: Share | None) -> str:
    if share is None:
        return "–"
    return f"{100 * share.value:.0f} [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def _mean(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
