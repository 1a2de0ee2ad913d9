"""The engine for models that an OpenAI-compatible server runs, and its parts."""
