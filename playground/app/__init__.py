"""The page: layout, handlers and views. No logic lives here."""
