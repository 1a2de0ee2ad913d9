"""What becomes of one place when one arm or another goes on from it, again and again."""
