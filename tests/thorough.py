"""How many examples generated tests take: THOROUGH=1 looks five times as long."""

import os

from hypothesis import HealthCheck, settings

TIMES = 5 if os.environ.get("THOROUGH") else 1


def examples(count, **more):
    """Hypothesis settings for so many examples, or for as many times more."""
    return settings(
        max_examples=count * TIMES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )
