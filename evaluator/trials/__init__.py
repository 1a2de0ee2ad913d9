"""The trials of the twin tests, and which models meet which questions."""
