"""The engine for checkpoints, with vLLM, and its parts."""
