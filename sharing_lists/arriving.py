"""What arrived by a day, as expressions over obligations: for checks and contradictions."""

from __future__ import annotations

import functools
import operator
from typing import Any

from django.db.models import Exists, OuterRef, Q

from obligations import calendars
from obligations.checks import Facts
from obligations.models import Duty
from sharing_lists import promises
from sharing_lists.models import Delivery


def supplies(facts: Facts) -> Q:
    """Duties that keep an update cycle."""
    return Q(**{facts.of("duty"): Duty.SUPPLY})


def promises_a_cycle(facts: Facts) -> Q:
    """不定期, 一次性 and 其他 promise nothing that can be judged."""
    return Q(**{facts.of("item__sharing_terms__update_cycle__in"): promises.CYCLES})


def anything(facts: Facts) -> Exists:
    """Whether anything arrived, be it worth something or not."""
    return Exists(_by_the_day(facts))


def counted(facts: Facts) -> Exists:
    """Whether a delivery that counts arrived."""
    return Exists(_by_the_day(facts).kept())


def could_be_seen(facts: Facts) -> Exists:
    """Whether anything at all was seen of the department: its systems report, or a log names
    them. Where nothing ever was, a missing delivery says more about us than about it."""
    seen = Delivery.objects.filter(arrived_on__lte=facts.as_of)
    return Exists(seen.filter(obligation__department=OuterRef(facts.of("department_id"))))


def is_watched(facts: Facts) -> Exists:
    """Whether this office watches deliveries at all: without any log or receipt nobody looked."""
    return Exists(Delivery.objects.filter(arrived_on__lte=facts.as_of))


def keeps_the_cycle(facts: Facts) -> Q:
    """Whether the newest delivery covers the period of the day or the one before."""
    calendar, on = calendars.current(), facts.as_of
    kept = _by_the_day(facts).kept()
    found = []
    for cycle in promises.CYCLES:
        period = promises.period_of(cycle, on, calendar)
        before = promises.preceding(cycle, period, calendar)
        of_cycle = Q(**{facts.of("item__sharing_terms__update_cycle"): cycle})
        found.append(of_cycle & Q(Exists(kept.filter(counts_to__gte=before.first))))
    return functools.reduce(operator.or_, found)


def in_grace(facts: Facts) -> Q:
    return Q(delivery_due_on__lt=facts.as_of, delivery_grace_on__gte=facts.as_of)


def broken(facts: Facts) -> Q:
    return Q(delivery_grace_on__lt=facts.as_of)


def _by_the_day(facts: Facts) -> Any:
    return Delivery.objects.standing().filter(
        obligation=OuterRef(facts.key), arrived_on__lte=facts.as_of
    )
