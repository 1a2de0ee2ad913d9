"""The engine for checkpoints that vLLM runs, and its parts."""
