"""How obligations are narrowed down by their judged facts: those of now, or of a past day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from obligations import replay
from obligations.models import Block, Exemption, Extension, Light, Objection, Status
from obligations.models.obligation import ObligationQuerySet
from obligations.today import is_over, past_day_of

_REQUESTS: dict[str, Any] = {
    "block": Block.objects,
    "exemption": Exemption.objects,
    "extension": Extension.objects,
    "objection": Objection.objects,
}


class FactFilters(df.FilterSet):  # type: ignore[misc]
    """Methods of a filter whose `on` says as of which day."""

    @property
    def facts(self) -> str:
        """What the names of judged facts begin with: another word for those of a past day."""
        return replay.WAS if is_over(self.data.get("on") or "") else ""

    def filter_queryset(self, queryset: ObligationQuerySet) -> ObligationQuerySet:
        """Of a past day: what was on record then, and had reached the reader's department."""
        if self.facts:
            queryset = replay.then(queryset, on=past_day_of(self.data["on"]))
            if self.request.user.role in User.OF_A_DEPARTMENT:
                queryset = queryset.exclude(**{f"{self.facts}status": Status.DRAFT})
        found: ObligationQuerySet = super().filter_queryset(queryset)
        return found

    def of_force(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        gone = Q(**{f"{self.facts}status": Status.WITHDRAWN}) | self._item_gone()
        if value == "all":
            return rows
        return rows.filter(gone) if value == "withdrawn" else rows.exclude(gone)

    def _item_gone(self) -> Q:
        if not self.facts:
            return Q(item__withdrawn_on__isnull=False)
        return Q(item__withdrawn_on__lte=past_day_of(self.data["on"]))

    def of_status(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        # What central bodies owe is opened, not issued: it never was a draft waiting for that.
        found = rows.filter(external=False) if value == Status.DRAFT else rows
        return found.filter(**{f"{self.facts}status": value})

    def of_light(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        return replay.with_light(rows, value) if self.facts else rows.filter(light=value)

    def due_since(self, rows: ObligationQuerySet, name: str, value: dt.date) -> ObligationQuerySet:
        return rows.filter(**{f"{self.facts}due_on__gte": value})

    def due_until(self, rows: ObligationQuerySet, name: str, value: dt.date) -> ObligationQuerySet:
        return rows.filter(**{f"{self.facts}due_on__lte": value})

    def waiting_for(self, rows: ObligationQuerySet, name: str, value: str) -> ObligationQuerySet:
        on = past_day_of(self.data.get("on") or "")
        if value == "acceptance":
            waits = {f"{self.facts}status": Status.ISSUED, "accept_by__lt": on}
            return rows.filter(**waits)
        asked = _REQUESTS[value].filter(obligation=OuterRef("pk"), asked_on__lte=on)
        undecided = Q(outcome="") | (Q(decided_on__gt=on) if self.facts else Q())
        return rows.filter(Exists(asked.filter(undecided)))

    def of_fact(self, rows: ObligationQuerySet, name: str, value: Any) -> ObligationQuerySet:
        """By a fact of the same name."""
        return rows.filter(**{f"{self.facts}{name}": value})

    def only_overdue(self, rows: ObligationQuerySet, name: str, value: bool) -> ObligationQuerySet:
        if not value:
            return rows
        return replay.with_light(rows, Light.RED) if self.facts else rows.overdue()
