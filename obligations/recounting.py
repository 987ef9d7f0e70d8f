"""Counts dates anew after a calendar or a rule has changed, and keeps what moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Region, User
from jobs.queue import enqueue
from obligations import calendars, clocks, dating, history
from obligations.kinds import kinds
from obligations.models import (
    CalendarLoad,
    Claim,
    Clock,
    DateBasis,
    DeadlineRule,
    Obligation,
    Recount,
    Status,
)
from obligations.workdays import Calendar

JOB = "obligations.recount"
_CHUNK = 500
# What a basis may say differently although its day stays.
_COUNTED = ("start_on", "provisional", "days", "unit", "rule")
# Where a date still counts; what was decided by it is not judged again.
_COUNTS = (
    Q(field="due_on", obligation__external=False)
    | Q(field="decide_by", obligation__status=Status.ENDORSED)
    | Q(field="accept_by", obligation__status=Status.ISSUED)
    | Q(field="mend_until", obligation__status__in=[Status.IN_PROGRESS, Status.CLAIMED])
)


def load_shipped() -> int:
    """Load the shipped calendar, and have counted anew what a change of it touches."""
    with transaction.atomic():
        changed = calendars.seed_days()
        if changed and DateBasis.objects.exists():
            for_calendar(first=min(changed), last=max(changed), region=None, load=None, by=None)
    return len(changed)


def for_calendar(
    *,
    first: dt.date,
    last: dt.date,
    region: Region | None,
    load: CalendarLoad | None,
    by: User | None,
) -> Recount:
    """Ask for a recount of every date whose days were counted across a changed span."""
    return _ask(Recount(first_on=first, last_on=last, region=region, load=load, asked_by=by))


def for_rule(rule: DeadlineRule, *, by: User) -> Recount:
    """Ask for a recount of the dates of events since a rule took effect."""
    return _ask(Recount(rule=rule, region=rule.region, asked_by=by))


def counted_across(first: dt.date, last: dt.date, region: Region | None) -> int:
    """How many dates were counted across a span."""
    return _touched(Recount(first_on=first, last_on=last, region=region)).count()


def would_touch(rule: DeadlineRule) -> tuple[int, int]:
    """Of dates of events since a rule (not saved yet) takes effect: how many it touches, moves."""
    known, calendar_of = [*clocks.rules(), rule], cache(calendars.in_region)
    touched = moved = 0
    for basis in _touched(Recount(rule=rule, region=rule.region)).iterator():
        fresh = _fresh(basis, calendar_of, known=known, new=rule)
        touched += 1
        moved += fresh.value != basis.value
    return touched, moved


def run(
    recount: Recount, *, on: dt.date, progress: Callable[[int, int], None] | None = None
) -> Recount:
    """Go on where it stopped, chunk by chunk, each in a transaction of its own."""
    while True:
        row, more = _next_chunk(recount, on=on)
        if progress:
            progress(row.cursor, max(row.last, 1))
        if not more:
            return row


def let_kinds_recount(*, on: dt.date) -> int:
    """The dates that kinds count themselves, such as promised deliveries; how many moved."""
    return sum(kind.recount(on) for kind in kinds().values() if kind.recount is not None)


def finish(recount: Recount, *, by: User | None) -> Recount:
    """Close the run, with one audit row for it."""
    row = Recount.objects.select_for_update().get(pk=recount.pk)
    if row.finished_at is None:
        row.finished_at = timezone.now()
        row.save(update_fields=["finished_at"])
        detail = {"recount": row.pk, "looked_at": row.looked_at, "moved": row.moved}
        audit.record_run("recount_dates", by=by, detail=detail)
    return row


def _ask(recount: Recount) -> Recount:
    recount.last = DateBasis.objects.aggregate(last=Max("pk"))["last"] or 0
    recount.save()
    enqueue(JOB, key=f"recount {recount.pk}", args={"recount": recount.pk}, by=recount.asked_by)
    return recount


@transaction.atomic
def _next_chunk(recount: Recount, *, on: dt.date) -> tuple[Recount, bool]:
    """The row of the run is the lock: two workers never count the same chunk."""
    row = Recount.objects.select_for_update().get(pk=recount.pk)
    found = _touched(row).filter(pk__gt=row.cursor, pk__lte=row.last)
    keys = list(found.values_list("pk", "obligation_id")[:_CHUNK])
    if not keys:
        row.cursor = row.last
        row.save()
        return row, False
    # Obligations are locked first, in the order of keys, as every writer does.
    ids = sorted({obligation_id for _pk, obligation_id in keys})
    obligations = {
        one.pk: one
        for one in Obligation.objects.select_for_update(of=("self",))
        .filter(pk__in=ids)
        .select_related("department")
        .order_by("pk")
    }
    bases = _touched(row).filter(pk__in=[pk for pk, _obligation in keys])
    row.moved += _count(row, list(bases), obligations, on=on)
    row.looked_at += len(keys)
    row.cursor = keys[-1][0]
    row.save()
    return row, True


def _touched(recount: Recount) -> QuerySet[DateBasis]:
    """Dates in force, counted by a clock, that the change may move; in the order of keys."""
    found = DateBasis.objects.current().exclude(clock="").filter(_COUNTS)
    found = found.exclude(obligation__status=Status.WITHDRAWN)
    rule = recount.rule
    if rule is None:
        found = found.filter(start_on__lte=recount.last_on, value__gte=recount.first_on)
    else:
        # The days that were left, or that were approved, are nobody's rule.
        found = found.filter(clock=rule.clock, start_on__gte=rule.effective_from)
        found = found.exclude(clock__in=[Clock.RESUME, Clock.EXTENSION])
        if rule.effective_to:
            found = found.filter(start_on__lte=rule.effective_to)
    if recount.region_id:
        places = clocks.below(recount.region_id)
        found = found.filter(obligation__department__region__in=places)
    return found.select_related("rule", "obligation__department").order_by("pk")


def _count(
    recount: Recount,
    bases: Sequence[DateBasis],
    obligations: dict[int, Obligation],
    *,
    on: dt.date,
) -> int:
    """Write what moved; returns how many dates did."""
    known, calendar_of = clocks.rules(), cache(calendars.in_region)
    moved: list[tuple[DateBasis, DateBasis]] = []
    unmoved: list[DateBasis] = []
    for basis in bases:
        row = obligations[basis.obligation_id]
        if getattr(row, basis.field) != basis.value:
            continue  # set by other means since: it no longer rests on this
        fresh = _fresh(basis, calendar_of, known=known, new=recount.rule)
        if fresh.value != basis.value:
            fresh.recount, fresh.previous = recount, basis.value
            moved.append((basis, fresh))
        elif any(getattr(fresh, name) != getattr(basis, name) for name in _COUNTED):
            for name in _COUNTED:
                setattr(basis, name, getattr(fresh, name))
            unmoved.append(basis)
    DateBasis.objects.bulk_update(unmoved, _COUNTED, batch_size=_CHUNK)
    _write(moved, obligations, by=recount.asked_by, on=on)
    return len(moved)


def _fresh(
    basis: DateBasis,
    calendar_of: Callable[[int | None], Calendar],
    *,
    known: Iterable[DeadlineRule],
    new: DeadlineRule | None,
) -> DateBasis:
    """What the basis would be now. A changed rule replaces its own number of days only."""
    region_id = basis.obligation.department.region_id
    days, unit, rule = basis.days or 0, basis.unit, basis.rule
    picked = clocks.find(known, basis.clock, region_id, on=basis.start_on) if new else None
    if picked and (rule is None or rule.days == days):
        days, unit, rule = picked.days, picked.unit, picked
    calendar = calendar_of(region_id)
    start = _started(basis, calendar_of, known=known, new=new)
    value = calendar.after(start, days, unit)
    return DateBasis(
        obligation_id=basis.obligation_id,
        field=basis.field,
        value=value,
        event=basis.event,
        start_on=start,
        clock=basis.clock,
        rule=rule if rule and rule.pk else None,
        days=days,
        unit=unit,
        provisional=dating.depends_on_calendar(unit) and calendar.is_provisional(start, value),
        by_id=basis.by_id,
        at=timezone.now(),
        note=basis.note,
        document_number=basis.document_number,
    )


def _started(
    basis: DateBasis,
    calendar_of: Callable[[int | None], Calendar],
    *,
    known: Iterable[DeadlineRule],
    new: DeadlineRule | None,
) -> dt.date:
    """An extension goes on from the due day before it, which may have been counted across the
    change, too."""
    if basis.clock != Clock.EXTENSION:
        return basis.start_on
    line = DateBasis.objects.filter(obligation=basis.obligation_id, field=basis.field)
    line = line.filter(pk__lte=basis.pk).select_related("rule", "obligation__department")
    newest_first = list(line.order_by("-pk"))
    # Earlier recounts of the extension itself stand before the approval.
    approval = next(place for place, one in enumerate(newest_first) if one.recount_id is None)
    for before in newest_first[approval + 1 : approval + 2]:
        if before.clock and before.value == newest_first[approval].start_on:
            return _fresh(before, calendar_of, known=known, new=new).value
    return basis.start_on


def _write(
    moved: Sequence[tuple[DateBasis, DateBasis]],
    obligations: dict[int, Obligation],
    *,
    by: User | None,
    on: dt.date,
) -> None:
    if not moved:
        return
    superseded = DateBasis.objects.filter(pk__in=[old.pk for old, _new in moved])
    superseded.update(superseded_at=timezone.now())
    DateBasis.objects.bulk_create([new for _old, new in moved])
    changes: dict[int, dict[str, list[str]]] = {}
    for old, new in moved:
        pair = [old.value.isoformat(), new.value.isoformat()]
        changes.setdefault(new.obligation_id, {})[new.field] = pair
        setattr(obligations[new.obligation_id], new.field, new.value)
        if new.field == "decide_by":
            open_claims = Claim.objects.filter(obligation=new.obligation_id, outcome="")
            open_claims.update(decide_by=new.value)
    rows = [obligations[pk] for pk in sorted(changes)]
    for row in rows:
        row.version += 1
    fields = sorted({new.field for _old, new in moved})
    Obligation.objects.bulk_update(rows, [*fields, "version"], batch_size=100)
    history.record_many([row.pk for row in rows], on=on)
    audit.record_many(
        audit.entry(
            row,
            verb="recount_dates",
            by=by,
            detail={"on": on.isoformat(), "version": row.version, "changes": changes[row.pk]},
            department_id=row.department_id,
        )
        for row in rows
    )
