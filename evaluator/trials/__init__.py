"""The twin tests as trials, and whom each takes on which questions."""
