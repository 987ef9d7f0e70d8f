"""The one place that writes a computed date onto an obligation, and keeps its basis."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from obligations import calendars, clocks
from obligations.chunks import chunks
from obligations.models import DateBasis, DeadlineRule, Obligation


def by_clock(
    row: Obligation,
    field: str,
    clock: str,
    *,
    start: dt.date,
    event: str,
    days: int | None = None,
    note: str = "",
    document_number: str = "",
    by: User | None = None,
) -> dt.date:
    """Set the date on which the clock runs out; the caller saves the row.

    The rule is that of the day `start` in the department's region; `days` counts otherwise, as
    where the days that were left go on.
    """
    region_id = row.department.region_id
    basis = _counted(region_id, clock, field=field, start=start, event=event, days=days)
    basis.obligation, basis.by = row, by
    basis.note, basis.document_number = note, document_number[:100]
    _replace([row.pk], field, [basis])
    setattr(row, field, basis.value)
    return basis.value


def by_word(
    row: Obligation,
    field: str,
    day: dt.date | None,
    *,
    start: dt.date,
    event: str,
    note: str = "",
    document_number: str = "",
    by: User | None = None,
) -> None:
    """Set the date that a list or a person names (None clears it); the caller saves the row."""
    if day is None:
        clear(row, field)
        return
    basis = DateBasis(
        obligation=row,
        field=field,
        value=day,
        event=event,
        start_on=start,
        by=by,
        at=timezone.now(),
        note=note,
        document_number=document_number[:100],
    )
    _replace([row.pk], field, [basis])
    setattr(row, field, day)


def by_word_many(
    rows: Sequence[Obligation],
    field: str,
    *,
    start: dt.date,
    event: str,
    note: str = "",
    document_number: str = "",
    by: User | None = None,
) -> None:
    """Keep, with few statements, that a person named the dates which the rows, saved, hold."""
    about = {"field": field, "event": event, "start_on": start, "by": by, "at": timezone.now()}
    about |= {"note": note, "document_number": document_number[:100]}
    for chunk in chunks(rows):
        bases = [DateBasis(obligation=row, value=getattr(row, field), **about) for row in chunk]
        _replace([row.pk for row in chunk], field, bases)


def clear(row: Obligation, field: str) -> None:
    """No such date any more; what it rested on stays on record. The caller saves the row."""
    clear_many([row], field)


def clear_many(rows: Sequence[Obligation], field: str) -> None:
    """As `clear`, with few statements; the caller saves the rows."""
    for row in rows:
        setattr(row, field, None)
    for chunk in chunks([row.pk for row in rows]):
        _supersede(chunk, field)


@transaction.atomic
def by_clock_each(
    ids: Sequence[int],
    field: str,
    clock: str,
    *,
    start: dt.date,
    event: str,
    by: User | None = None,
) -> dict[int, dt.date]:
    """Write the date of the clock onto many obligations, saved here, with few statements.

    The date of each: regions may have rules and holidays of their own.
    """
    found: dict[int, dt.date] = {}
    for region_id, keys in _by_region(ids).items():
        pattern = _counted(region_id, clock, field=field, start=start, event=event)
        for chunk in chunks(keys):
            Obligation.objects.filter(pk__in=chunk).update(**{field: pattern.value})
            _replace(chunk, field, [_copy(pattern, pk, by) for pk in chunk])
        found.update(dict.fromkeys(keys, pattern.value))
    return found


def by_list_many(ids: Iterable[int]) -> None:
    """The due dates are the list's own again: its text is their basis."""
    for chunk in chunks(list(ids)):
        _supersede(chunk, "due_on")


def restored_many(rows: Sequence[Obligation]) -> None:
    """Due dates were set back to what they were: so is what they rested on."""
    known = {row.pk: row for row in rows}
    newest: dict[int, DateBasis] = {}
    for chunk in chunks(list(known)):
        _supersede(chunk, "due_on")
        for basis in DateBasis.objects.filter(obligation__in=chunk, field="due_on").order_by("pk"):
            row = known[basis.obligation_id]
            # The list's own date is explained by its text, also where a clock once gave the same.
            listed = basis.clock and row.due_on == row.original_due_on
            if basis.value == row.due_on and not listed:
                newest[basis.obligation_id] = basis
    keys = [basis.pk for basis in newest.values()]
    for chunk in chunks(keys):
        DateBasis.objects.filter(pk__in=chunk).update(superseded_at=None)


def _counted(
    region_id: int | None,
    clock: str,
    *,
    field: str,
    start: dt.date,
    event: str,
    days: int | None = None,
) -> DateBasis:
    """An unsaved basis without its obligation."""
    rule = clocks.in_region(clock, region_id, on=start)
    calendar = calendars.in_region(region_id)
    count = rule.days if days is None else days
    value = calendar.after(start, count, rule.unit)
    return DateBasis(
        field=field,
        value=value,
        event=event,
        start_on=start,
        clock=clock,
        rule=rule if rule.pk else None,
        days=count,
        unit=rule.unit,
        provisional=depends_on_calendar(rule.unit) and calendar.is_provisional(start, value),
        at=timezone.now(),
    )


def depends_on_calendar(unit: str) -> bool:
    """Years are counted without looking at working days."""
    return unit != DeadlineRule.Unit.YEARS


def _copy(pattern: DateBasis, obligation_id: int, by: User | None) -> DateBasis:
    names = ("field", "value", "event", "start_on", "clock", "rule_id", "days", "unit", "at")
    known = {name: getattr(pattern, name) for name in names}
    return DateBasis(obligation_id=obligation_id, by=by, provisional=pattern.provisional, **known)


def _by_region(ids: Sequence[int]) -> dict[int | None, list[int]]:
    grouped: dict[int | None, list[int]] = defaultdict(list)
    for chunk in chunks(ids):
        rows = Obligation.objects.filter(pk__in=chunk).order_by("pk")
        for pk, region_id in rows.values_list("pk", "department__region_id"):
            grouped[region_id].append(pk)
    return grouped


def _replace(ids: Sequence[int], field: str, bases: Sequence[DateBasis]) -> None:
    _supersede(ids, field)
    DateBasis.objects.bulk_create(bases)


def _supersede(ids: Sequence[int], field: str) -> None:
    standing = DateBasis.objects.current().filter(obligation__in=ids, field=field)
    standing.update(superseded_at=timezone.now())
