"""Draws many samples of each way to go on from one place, and counts them."""
