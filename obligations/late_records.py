"""What was put on record after a day and took effect by it; and what took effect after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from accounts.models import AuditEntry, Department, User
from obligations.models import Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.today import end_of

SHOWN = 20
_OBLIGATION = Obligation._meta.label_lower
_RENAMED = Q(object_type=Department._meta.label_lower, verb="rename_department")


@dataclass(frozen=True)
class Line:
    """One late act: its audit row, what it was done to, who did it."""

    entry: AuditEntry
    subject: Obligation | Department | None
    person: User | None

    @property
    def effective_on(self) -> str:
        return str(self.entry.detail["on"])


@dataclass(frozen=True)
class Later:
    """How many acts were recorded since, and the newest of them."""

    on: dt.date
    count: int
    lines: list[Line]

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


def since(rows: QuerySet[Obligation], *, on: dt.date) -> QuerySet[AuditEntry]:
    """Acts on these obligations, and names of their departments, that took effect by the end of
    the day and were put on record after it."""
    own = rows.order_by().annotate(key=Cast("pk", CharField()))
    acts = Q(object_type=_OBLIGATION, object_id__in=own.values("key"))
    named = _RENAMED & Q(department_id__in=rows.order_by().values("department_id"))
    later = AuditEntry.objects.filter(acts | named, at__gte=end_of(on))
    found: QuerySet[AuditEntry] = _with_day(later).filter(effective_on__lte=on.isoformat())
    return found


def told(rows: ObligationQuerySet, *, on: dt.date, shown: int = SHOWN) -> Later:
    """As `since`, for people."""
    found = since(rows, on=on).order_by("-pk")
    entries = list(found[: shown + 1])
    count = len(entries) if len(entries) <= shown else found.count()
    return Later(on, count, list(_lines(entries[:shown])))


def _lines(entries: Sequence[AuditEntry]) -> Iterator[Line]:
    people = User.objects.in_bulk({one.user_id for one in entries if one.user_id})
    keys = [int(one.object_id) for one in entries if one.object_type == _OBLIGATION]
    found = Obligation.objects.select_related("item", "department").defer("item__raw").in_bulk(keys)
    bodies = Department.objects.in_bulk(
        [int(one.object_id) for one in entries if one.object_type != _OBLIGATION]
    )
    for one in entries:
        of_obligation = one.object_type == _OBLIGATION
        held: Any = found if of_obligation else bodies
        yield Line(one, held.get(int(one.object_id)), people.get(one.user_id or 0))


def effects_after(
    ids: Sequence[int], *, on: dt.date
) -> Iterator[tuple[int, str, dict[str, list[Any]]]]:
    """(obligation, verb, changes) of each act that took effect after the day, the oldest first."""
    keys = [str(pk) for pk in ids]
    acts = _with_day(AuditEntry.objects.filter(object_type=_OBLIGATION, object_id__in=keys))
    later = acts.filter(effective_on__gt=on.isoformat()).order_by("pk")
    for key, verb, detail in later.values_list("object_id", "verb", "detail"):
        yield int(key), verb, detail.get("changes") or {}


def in_effect(entries: QuerySet[AuditEntry], *, on: dt.date) -> QuerySet[AuditEntry]:
    """Of these entries those that had taken effect by the end of the day; one without a day of its
    own did so when it was written."""
    own = Q(effective_on__lte=on.isoformat()) | Q(effective_on=None, at__lt=end_of(on))
    found: QuerySet[AuditEntry] = _with_day(entries).filter(own)
    return found


def _with_day(entries: QuerySet[AuditEntry]) -> Any:
    """With the day on which each took effect, as it is written in its detail."""
    return entries.annotate(effective_on=Cast(KeyTextTransform("on", "detail"), CharField()))
