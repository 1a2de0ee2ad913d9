"""The outcomes page."""
