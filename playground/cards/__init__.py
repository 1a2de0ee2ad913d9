"""Where model cards come from: checkpoints, tables, files and addresses."""
