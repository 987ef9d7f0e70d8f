"""The light rule on facts in memory: the very conditions of obligations.lights, read as Python.

Whole lives are made at once, before any of their rows exists; asking the database day by day
would take minutes. That both readings agree is proved by a test and by every check afterwards.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, cast

from django.db.models import F, Q

from obligations.lights import CONDITIONS, DEFAULT_RULE, Day, LightRule

Facts = Mapping[str, Any]
Test = Callable[[Facts], bool]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "in": lambda value, choices: value in choices,
}
# The day enters as two more facts.
_ANY_DAY = Day(as_of=cast(Any, F("as_of")), due_soon_on=cast(Any, F("due_soon_on")))


def reason_of(rule: LightRule = DEFAULT_RULE) -> Callable[[Facts], str]:
    """A function from facts (with `as_of` and `due_soon_on` among them) to the reason code."""
    *ordered, last = rule.reasons
    tests = [(code, _test(CONDITIONS[code].holds(_ANY_DAY))) for code in ordered]

    def judge(facts: Facts) -> str:
        for code, holds in tests:
            if holds(facts):
                return code
        return last

    return judge


def _test(condition: Q) -> Test:
    children: list[Any] = condition.children
    tests = [_test(child) if isinstance(child, Q) else _leaf(*child) for child in children]
    if not tests:
        return lambda facts: True
    both = condition.connector == Q.AND
    joined = reduce(_and if both else _or, tests)
    return _not(joined) if condition.negated else joined


def _leaf(lookup: str, value: Any) -> Test:
    name, _sign, operation = lookup.partition("__")
    if operation == "isnull" or (value is None and not operation):
        wanted = value is None or bool(value)
        return lambda facts: (facts[name] is None) == wanted
    compare = _COMPARE[operation or "exact"]
    if isinstance(value, F):
        return _compare_two(name, compare, cast(Any, value).name)

    def holds(facts: Facts) -> bool:
        held = facts[name]
        return held is not None and compare(held, value)

    return holds


def _compare_two(name: str, compare: Callable[[Any, Any], bool], other: str) -> Test:
    def holds(facts: Facts) -> bool:
        left, right = facts[name], facts[other]
        return left is not None and right is not None and compare(left, right)

    return holds


def _and(left: Test, right: Test) -> Test:
    return lambda facts: left(facts) and right(facts)


def _or(left: Test, right: Test) -> Test:
    return lambda facts: left(facts) or right(facts)


def _not(test: Test) -> Test:
    return lambda facts: not test(facts)
