"""When a state turns: three failures in a row make it down, two successes up. Pure."""

from __future__ import annotations

from typing import NamedTuple

FAILURES, SUCCESSES = 3, 2


class Standing(NamedTuple):
    """A state and how many results of one sort came last; never more than count."""

    state: str = "unknown"
    failures: int = 0
    successes: int = 0


def after(standing: Standing, outcome: str) -> Standing:
    """What stands after one more result; one that could not tell changes nothing."""
    if outcome == "up":
        successes = min(standing.successes + 1, SUCCESSES)
        state = "up" if successes == SUCCESSES else standing.state
        return Standing(state, 0, successes)
    if outcome == "down":
        failures = min(standing.failures + 1, FAILURES)
        state = "down" if failures == FAILURES else standing.state
        return Standing(state, failures, 0)
    return standing
