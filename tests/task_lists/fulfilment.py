"""The checks of task lists: none of their own."""

CHECKS = ()
