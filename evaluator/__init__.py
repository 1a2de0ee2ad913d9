"""The twin tests in batch, on the playground's engines. Never imports `playground.app`."""
