"""Engines, which run models behind one contract (see `base`): transformers, vLLM, servers, traces, scripts."""

import os

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read by the hub's library when it is first imported
