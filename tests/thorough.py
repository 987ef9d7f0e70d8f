"""How many examples generated tests take, and how long storms rage: THOROUGH=1 looks longer, the
quick part of the tests (PART=quick, see tests/selection.py) looks at few."""

import os

import pytest
from hypothesis import HealthCheck, settings

FULL = bool(os.environ.get("THOROUGH"))
QUICK = os.environ.get("PART") == "quick"
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


def sampled(count, *, quick, **more):
    """The same for a test that takes all of them in the long part, and a few in the quick one."""

    def mark(test):
        return pytest.mark.sampled(examples(quick if QUICK else count, **more)(test))

    return mark
