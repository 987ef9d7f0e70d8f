"""How many examples generated tests take, and how long storms rage: THOROUGH=1 looks longer."""

import os

from hypothesis import HealthCheck, settings

FULL = bool(os.environ.get("THOROUGH"))
TIMES = 5 if FULL else 1


def examples(count, **more):
    """Hypothesis settings for so many examples, or for as many times more."""
    return settings(
        max_examples=count * TIMES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
