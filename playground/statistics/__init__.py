"""Rates, correlations and paired tests, with their intervals."""
