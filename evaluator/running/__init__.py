"""A run from its configuration to a full ledger."""
