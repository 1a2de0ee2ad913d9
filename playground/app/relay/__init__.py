"""The relay page."""
