"""Who may reach the pages, and how."""
