"""Says in words where a segment comes from. Pure."""

from __future__ import annotations

from playground.trajectory import Provenance, Segment, SteerSource, Trajectory


def origin(trajectory: Trajectory, offset: int) -> list[tuple[str, str]]:
    """The label and the text of each thing known of the segment that holds the character at `offset`."""
    start = 0
    for segment in trajectory.segments:
        start += len(segment.text)
        if offset < start:
            return _lines(segment)
    return []


def _lines(segment: Segment) -> list[tuple[str, str]]:
    who = {"model": segment.author.name, "steer": "a steer", "person": "a person"}[segment.author.kind]
    made = segment.provenance
    lines = [("written by", who)]
    if made is None:
        return lines
    if made.steer is not None:
        lines += _steer(made.steer)
    if made.engine is not None:
        lines.append(("engine", f"{made.engine} {made.engine_version or ''} · revision {(made.revision or '?')[:12]}"))
    if made.sampling is not None:
        params = made.sampling
        lines.append(("sampling", f"T {params.temperature:g} · top-p {params.top_p:g} · seed {params.seed}"))
    return lines + _work(made)


def _work(made: Provenance) -> list[tuple[str, str]]:
    lines = []
    if made.tokens is not None:
        pace = f" · {made.tokens / made.seconds:,.0f} tok/s" if made.seconds else ""
        lines.append(("turn", f"{made.tokens:,} tokens{pace}"))
    if made.prompt_tokens is not None:
        lines.append(("prompt", f"{made.prompt_tokens:,} tokens, {made.cached_tokens or 0:,} of them cached"))
    ended = made.hand_over or made.finish_reason
    return [*lines, ("ended by", ended)] if ended else lines


def _steer(source: SteerSource) -> list[tuple[str, str]]:
    named = source.question_id or source.question[:60]
    share = f"the first {100 * source.proportion:g} % of {source.author.name}"
    return [("steer", f"{source.kind} · {share} on {named}")]
