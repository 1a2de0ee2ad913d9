"""The Gradio app, with its layout, handlers and views. It generates and grades nothing itself.

Importing this package switches the telemetry of the libraries below off, before any of them is imported.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
