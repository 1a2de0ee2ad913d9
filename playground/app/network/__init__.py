"""Who reaches the pages, and how."""
