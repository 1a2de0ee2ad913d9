"""A run's figures as text, pages, tables and files."""
