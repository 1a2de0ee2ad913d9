"""Figures of a run, legible without colour: markers, line styles, hatches and labels. Knows frames, not ledgers."""
