"""From outcomes to rates and tests, with how sure they are."""
