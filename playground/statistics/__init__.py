"""Rates and how sure they are."""
