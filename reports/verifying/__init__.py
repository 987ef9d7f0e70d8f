"""Proves that a file is the report that was made, and what history says of its figures."""
