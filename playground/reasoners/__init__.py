"""The tiny reasoners: arithmetic stories, two styles of thinking, and the training that turns them into checkpoints.

Importing this package loads nothing; the questions and the traces are pure Python, only training and measuring need
torch.
"""
