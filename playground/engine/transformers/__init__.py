"""The engine for checkpoints that run in this process, with the transformers library, and its parts."""
