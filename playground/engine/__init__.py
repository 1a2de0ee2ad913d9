"""Engines: transformers, recorded traces and scripts behind one contract (see `base`)."""
