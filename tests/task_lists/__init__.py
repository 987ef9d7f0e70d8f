"""A third kind of list, for tests only: the division of tasks that a city writes down."""
