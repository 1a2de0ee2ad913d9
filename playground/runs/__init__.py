"""Evaluation runs, read only."""
