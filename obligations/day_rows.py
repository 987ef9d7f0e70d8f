"""The rows on which a day is judged, and the facts that expressions over them may ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from accounts.models import Department
from obligations import confirmation_rules
from obligations.checks import Facts
from obligations.chunks import chunks
from obligations.models import DepartmentCheck, Obligation, ObligationState

# So many obligations are looked up one by one; of more, the states of all are read.
_MOST_CHANGED, _AT_ONCE = 20_000, 2_000


@dataclass(frozen=True)
class Rows:
    """Rows that hold a day's facts: obligations themselves, or their states of the day."""

    facts: Facts
    rows: QuerySet[Any]
    # No later day was checked: what was last found of the obligations is of this day.
    are_newest: bool = True

    @property
    def are_obligations(self) -> bool:
        """Whether the newest facts are the day's: then lights and findings of now are its, too."""
        return not self.facts.prefix


def of(
    as_of: dt.date, *, today: dt.date, departments: Sequence[Department] | None = None
) -> list[Rows]:
    """Each obligation once. A day after which nobody was checked is still the newest one:
    obligations hold its facts, but for those of which something later is on record."""
    if as_of >= today:
        return [_obligations(as_of, departments)]
    states = _states(as_of, departments)
    if _is_behind(as_of, departments):
        return [replace(states, are_newest=False)]
    changed = _changed_after(as_of, departments)
    if len(changed) > _MOST_CHANGED:
        return [states]
    newest = _obligations(as_of, departments)
    if not changed:
        return [newest]
    parts = [
        replace(states, rows=states.rows.filter(obligation__in=part))
        for part in chunks(changed, _AT_ONCE)
    ]
    return [replace(newest, rows=newest.rows.exclude(pk__in=changed)), *parts]


def facts_of(as_of: dt.date, *, today: dt.date) -> Facts:
    """What a day is judged on: the obligations as they are, or their states of a past day."""
    return _facts(as_of, prefix="" if as_of >= today else "obligation__")


def _changed_after(as_of: dt.date, departments: Sequence[Department] | None) -> list[int]:
    """Of which something later is on record; one more than the most where there are too many."""
    later = ObligationState.objects.filter(valid_from__gt=as_of)
    if departments is not None:
        later = later.filter(obligation__department__in=departments)
    keys = later.order_by("obligation").values_list("obligation_id", flat=True).distinct()
    return list(keys[: _MOST_CHANGED + 1])


def _is_behind(as_of: dt.date, departments: Sequence[Department] | None) -> bool:
    """Whether a later day was checked: its lights and findings are the ones of now."""
    checks = DepartmentCheck.objects.filter(day__gt=as_of, checked=True)
    if departments is not None:
        checks = checks.filter(department__in=departments)
    return checks.exists()


def _obligations(as_of: dt.date, departments: Sequence[Department] | None) -> Rows:
    rows = Obligation.objects.all()
    if departments is not None:
        rows = rows.filter(department__in=departments)
    return Rows(_facts(as_of, prefix=""), rows)


def _states(as_of: dt.date, departments: Sequence[Department] | None) -> Rows:
    rows = ObligationState.objects.at(as_of)
    if departments is not None:
        rows = rows.filter(obligation__department__in=departments)
    return Rows(_facts(as_of, prefix="obligation__"), rows)


def _facts(as_of: dt.date, *, prefix: str) -> Facts:
    return Facts(as_of, confirmation_rules.hearing(as_of), prefix)
