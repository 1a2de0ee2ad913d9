"""The engine for checkpoints, with the transformers library, and its parts."""
