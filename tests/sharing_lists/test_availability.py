"""接口可用率 by calls: what a log or a receipt counted, of applicable supply duties."""

import datetime as dt

import pytest

from obligations import rates
from obligations.indicators import Figure
from obligations.models import Obligation
from sharing_lists import availability
from sharing_lists.models import Delivery

D = dt.date
pytestmark = pytest.mark.django_db


def test_successful_calls_over_all_of_thirty_days_by_whatever_figures_are_taken(
    verified, arrive, police
):
    row = verified("daily", "interface")
    batch = verified("daily", "batch", title="【示例】批量")
    arrive(row, D(2025, 9, 3), calls=10, failures=1)
    arrive(row, D(2025, 9, 20), calls=90, failures=None)
    # Before the thirty days, without calls, and what is no interface.
    arrive(row, D(2025, 9, 21), calls=0, failures=0)
    arrive(batch, D(2025, 9, 20), calls=5, failures=5)
    rows, on = Obligation.objects.all(), D(2025, 10, 2)

    keys = {"department": police.pk, "list": row.item.list_id, "batch": 7}
    for grouping, key in keys.items():
        found = rates.by(rows, grouping, on=on, today=on)
        assert found[key]["availability"] == Figure(99, 100)
    assert availability.of_each(rows, on) == {row.pk: Figure(99, 100)}
    later = on + dt.timedelta(days=1)
    assert availability.of_each(rows, later) == {row.pk: Figure(90, 90)}
    Obligation.objects.filter(pk=row.pk).update(exempt=True)
    assert "availability" not in rates.by(rows, "department", on=on, today=on)[police.pk]


def test_calls_of_a_delivery_that_was_taken_back_count_no_longer(verified, arrive):
    row = verified("daily", "interface")
    arrive(row, D(2025, 9, 20), calls=90, failures=0)
    arrive(row, D(2025, 9, 21), calls=10, failures=10)
    rows, on = Obligation.objects.all(), D(2025, 10, 2)
    assert availability.of_each(rows, on) == {row.pk: Figure(90, 100)}

    mistaken = Delivery.objects.get(calls=10)
    mistaken.outcome, mistaken.taken_back_why = "taken_back", "误登"
    mistaken.save()

    assert availability.of_each(rows, on) == {row.pk: Figure(90, 90)}
