"""Reminders of data sharing: keys that run out before the new one is in use, open requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from obligations.reminding import naming
from obligations.reminding.people import OFFICERS, Found, People, Row
from obligations.reminding.source import Source
from obligations.today import date_of, end_of
from sharing_lists.models import DataRequest, Delivery, PushKey

# A rotation leaves the old key as many days by default: it is told from the first morning on.
WARNED_DAYS = 7


def _running_out(people: People, on: dt.date) -> Mapping[int, Found]:
    """Old keys whose successor has signed nothing yet: the system may still use the old one."""
    day = dt.timedelta(days=1)
    waits = PushKey.objects.filter(
        revoked_at=None,
        expires_at__gte=end_of(on - day),
        expires_at__lt=end_of(on + WARNED_DAYS * day),
    )
    successor: Any = Delivery.objects.filter(
        key__department=OuterRef("department"),
        key__system=OuterRef("system"),
        key__expires_at=None,
        key__revoked_at=None,
    )
    columns = ("pk", "department_id", "expires_at")
    found = waits.filter(~Exists(successor)).order_by("expires_at", "pk").values_list(*columns)
    rows = (Row(pk, department_id, until=at and date_of(at)) for pk, department_id, at in found)
    return people.share(rows, among=OFFICERS)


def _systems(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    found = PushKey.objects.filter(pk__in=keys).values_list("pk", "system", "expires_at")
    return {pk: naming.row(system, due_on=at and date_of(at)) for pk, system, at in found}


def _requested(people: People, on: dt.date) -> Mapping[int, Found]:
    """Open requests whose day is near or over: their clocks may be of one working day."""
    last = on + dt.timedelta(days=WARNED_DAYS)
    found = DataRequest.objects.open().with_day().filter(day__lte=last).order_by("day", "pk")
    columns = found.values_list("pk", "obligation__department_id", "day")
    rows = (
        Row(pk, owner, late=day < on, until=None if day < on else day) for pk, owner, day in columns
    )
    return people.share(rows, among=OFFICERS)


def _requests(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    found = DataRequest.objects.with_day().filter(pk__in=keys)
    fields = ("pk", "obligation", "obligation__item__title", "department__name", "day")
    return {
        pk: naming.row(title, pk=about, department=name, due_on=day)
        for pk, about, title, name, day in found.values_list(*fields)
    }


REMINDERS = (
    Source(
        "data_requests",
        _("Requests for data or correction that wait for your department"),
        _requested,
        page="sharing_lists:requests",
        query="state=open",
        names=_requests,
    ),
    Source(
        "push_keys",
        _("Replaced receipt keys that run out before the new one is used"),
        _running_out,
        page="sharing_lists:keys",
        names=_systems,
    ),
)
