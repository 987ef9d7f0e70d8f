"""Lists, items, obligations and what is done to them, for programs."""
