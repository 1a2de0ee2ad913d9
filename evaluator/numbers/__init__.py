"""From outcomes to figures, with how sure they are."""
