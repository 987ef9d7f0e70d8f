"""The judge benchmark: each measured day changes exactly the lights it says."""

import datetime as dt

import pytest

from bench.judge import Days
from obligations.models import Obligation
from reports.sampling import crowd

TODAY = dt.date(2026, 11, 23)


@pytest.mark.django_db
def test_each_day_changes_as_many_lights_as_it_says_and_the_next_starts_afresh():
    crowd.load(obligation_count=1000, seed=1, today=TODAY)
    days = Days(TODAY + dt.timedelta(days=60), changing=40)
    days.settle()
    for _day in range(3):
        before = dict(Obligation.objects.values_list("pk", "light_reason"))
        days.next()
        assert days.count() == 40
        days.judge()
        after = dict(Obligation.objects.values_list("pk", "light_reason"))
        assert sum(before[pk] != after[pk] for pk in before) == 40
        assert days.count() == 0
