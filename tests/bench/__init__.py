"""How fast it is, in ratios to what people would use otherwise. `python -m tests.bench` runs everything."""
