"""The dates of promises: started, moved and cleared; what they rest on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from obligations import calendars, history
from obligations.chunks import chunks
from obligations.models import Duty, Obligation, Status
from obligations.workdays import Calendar
from sharing_lists import promise_rules, promises
from sharing_lists.models import Delivery
from sharing_lists.promises import Promised, Rule

_Dates = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the promise of one obligation depends on, and the dates that are stored."""

    pk: int
    is_kept_to: bool
    verified_on: dt.date | None
    cycle: str
    region_id: int | None
    newest_on: dt.date | None
    stored: _Dates


class Counting:
    """Rules and calendars, read once for many rows."""

    def __init__(self) -> None:
        self.rules: list[Rule] = promise_rules.rules()
        self.calendar_of: Callable[[int | None], Calendar] = cache(calendars.in_region)

    def promised(self, row: Standing) -> Promised | None:
        """What is owed next; None where nothing is."""
        if not row.is_kept_to or row.verified_on is None:
            return None
        after = max(row.verified_on, row.newest_on or row.verified_on)
        calendar = self.calendar_of(row.region_id)
        return promises.promised_after(after, cycle=row.cycle, rules=self.rules, calendar=calendar)

    def dates(self, row: Standing) -> _Dates:
        found = self.promised(row)
        return (found.due_on, found.grace_on) if found else (None, None)


def follow(rows: Sequence[Obligation], on: dt.date) -> None:
    """After an act, before the save: verified, the promise starts; else there is none."""
    promising = [row for row in rows if _is_kept_to(row.status, row.duty)]
    for row in rows:
        row.delivery_due_on = row.delivery_grace_on = None
    if not promising:
        return
    known = {one.pk: one for one in standing([row.pk for row in promising])}
    counting = Counting()
    for row in promising:
        now = known[row.pk]
        fresh = Standing(
            row.pk, True, row.verified_on, now.cycle, now.region_id, now.newest_on, now.stored
        )
        row.delivery_due_on, row.delivery_grace_on = counting.dates(fresh)


def settle(ids: Sequence[int], *, on: dt.date) -> int:
    """Write the dates of obligations, which the caller holds, where they changed; with history.
    Returns how many did. Their version does not count it: no person changed anything."""
    counting = Counting()
    changed: dict[_Dates, list[int]] = defaultdict(list)
    for chunk in chunks(ids):
        for row in standing(chunk):
            dates = counting.dates(row)
            if dates != row.stored:
                changed[dates].append(row.pk)
    for (due_on, grace_on), keys in changed.items():
        for chunk in chunks(keys):
            Obligation.objects.filter(pk__in=chunk).update(
                delivery_due_on=due_on, delivery_grace_on=grace_on
            )
    moved = sorted(pk for keys in changed.values() for pk in keys)
    if moved:
        history.record_many(moved, on=on)
    return len(moved)


def recount(on: dt.date) -> int:
    """Count every promise anew, after rules, calendars or lists changed; how many dates moved.

    Only rows whose dates differ are locked, chunk by chunk, each in a transaction of its own.
    """
    counting, moved = Counting(), 0
    differing = [row.pk for row in _all() if counting.dates(row) != row.stored]
    for chunk in chunks(differing):
        with transaction.atomic():
            held = Obligation.objects.select_for_update().filter(pk__in=chunk).order_by("pk")
            moved += settle([row.pk for row in held.only("pk")], on=on)
    return moved


def standing(ids: Sequence[int]) -> list[Standing]:
    """What the promises of these obligations depend on."""
    return list(_read(Obligation.objects.filter(pk__in=ids)))


def _all() -> Iterator[Standing]:
    """Every promise that runs, and every date that is left of one."""
    running = Q(status=Status.VERIFIED, duty=Duty.SUPPLY)
    left = Q(delivery_due_on__isnull=False)
    sharing = Obligation.objects.filter(item__list__kind="sharing")
    return _read(sharing.filter(running | left).order_by("pk"))


def _read(rows: QuerySet[Obligation]) -> Iterator[Standing]:
    kept = Delivery.objects.kept().filter(obligation=OuterRef("pk")).order_by("-counts_to")
    found = rows.annotate(newest_on=Subquery(kept.values("counts_to")[:1])).values_list(
        *("pk", "status", "duty", "verified_on", "item__sharing_terms__update_cycle"),
        *("department__region_id", "newest_on", "delivery_due_on", "delivery_grace_on"),
    )
    for pk, status, duty, verified_on, cycle, region_id, newest_on, due_on, grace_on in found:
        kept_to = _is_kept_to(status, duty)
        stored = (due_on, grace_on)
        yield Standing(pk, kept_to, verified_on, cycle or "", region_id, newest_on, stored)


def _is_kept_to(status: str, duty: str) -> bool:
    return status == Status.VERIFIED and duty == Duty.SUPPLY
