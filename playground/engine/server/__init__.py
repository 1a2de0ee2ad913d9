"""The engine for models on an OpenAI-compatible server, and its parts."""
