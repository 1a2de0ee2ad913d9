"""Engines: transformers, recorded traces and scripts behind one contract (see `base`)."""

import os

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read by the hub's library when it is first imported
