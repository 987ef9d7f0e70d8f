"""Reminders of system docking: hosts that departments named and nobody allowed yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from docking.models import AllowedHost, Endpoint
from obligations.reminding import naming
from obligations.reminding.people import SYSTEM_ADMINISTRATORS, Found, People, Row
from obligations.reminding.source import Source


def _wished(people: People, on: dt.date) -> Mapping[int, Found]:
    """Each host and port once, by the first endpoint there."""
    waiting = Endpoint.objects.in_use().not_allowed()
    places = waiting.values("host", "port").annotate(first=Min("pk"))
    found = Found()
    for place in places.order_by("host", "port"):
        found.take(Row(place["first"], 0))
    return people.tell(found, among=SYSTEM_ADMINISTRATORS)


def _places(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Host and port alone: the system administrator reads nothing of the obligations."""
    found = Endpoint.objects.filter(pk__in=keys).values_list("pk", "host", "port")
    return {pk: naming.row(str(AllowedHost(host=host, port=port))) for pk, host, port in found}


REMINDERS = (
    Source(
        "hosts",
        _("Hosts that wait to be allowed for probing"),
        _wished,
        page="docking:hosts",
        names=_places,
    ),
)
