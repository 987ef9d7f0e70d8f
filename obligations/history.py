"""Records what changed, and from which day, on the one timeline of each obligation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import DateField, OuterRef, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from accounts import copying
from accounts.errors import RuleViolation
from accounts.keys import among
from obligations import calendars, clocks, later_days, light_versions, lights
from obligations.chunks import chunks
from obligations.models import Clock, Obligation, ObligationState
from obligations.models.judged import FACTS


def day_of(as_of: dt.date, *, rule: lights.LightRule | None = None) -> lights.Day:
    """The day with its rule, or another one, and its horizons, counted once."""
    held = rule or light_versions.on(as_of)
    calendar = calendars.current()
    horizons = {}
    for code, count in held.days.items():
        move = calendar.add if lights.CONDITIONS[code].reach > 0 else calendar.subtract
        horizons[code] = move(as_of, count) if count else as_of
    due_soon_on = horizons.get("due_soon") or calendar.add(as_of, usual_due_soon(as_of))
    return lights.Day(as_of=as_of, due_soon_on=due_soon_on, rule=held, horizons=horizons)


def due_soon_days(as_of: dt.date) -> int:
    """How many working days before its due date an obligation turns blue, on a day."""
    said = light_versions.on(as_of).days.get("due_soon")
    return usual_due_soon(as_of) if said is None else said


def usual_due_soon(as_of: dt.date) -> int:
    """What the deadline rules say: a light rule may say it otherwise."""
    return clocks.in_region(Clock.DUE_SOON, None, on=as_of).days


def record(obligation: Obligation, *, on: dt.date) -> None:
    """Judge one obligation as of `on` and record its facts; refreshes its light."""
    record_many([obligation.pk], on=on)
    obligation.refresh_from_db(fields=["light", "light_reason"])


def record_many(obligation_ids: Sequence[int], *, on: dt.date) -> None:
    """Judge obligations whose facts a person changed as of `on`, and record their facts."""
    day = day_of(on)
    # A part of the act that it records: no savepoint, for it never fails alone.
    with transaction.atomic(savepoint=False):
        for chunk in chunks(obligation_ids):
            rows = Obligation.objects.filter(pk__in=chunk)
            judged = dict(rows.annotate(now=lights.reason(day)).values_list("pk", "now"))
            write_lights(judged)
            _write_states(chunk, on=on)


def write_lights(judged: dict[int, str]) -> None:
    """Store reasons and lights on obligations, one statement per reason."""
    for code, ids in _by_reason(judged).items():
        rows = Obligation.objects.filter(pk__in=among(ids))
        rows.update(light=lights.light_of(code), light_reason=code)


def shift_many(judged: dict[int, str], *, on: dt.date) -> None:
    """From `on`, what time alone changed: `judged` maps obligations to their reasons then.

    Where a later day was checked already, what was found then stands from it.
    """
    _part_from_later_days(list(judged), on=on)
    begun = _begun(judged, on=on)
    same_day = {pk: code for pk, code in judged.items() if pk in begun}
    for code, ids in _by_reason(same_day).items():
        states = ObligationState.objects.filter(obligation_id__in=among(ids), valid_from=on)
        states.update(light=lights.light_of(code), light_reason=code)
    turned = {pk: code for pk, code in judged.items() if pk not in begun}
    if turned:
        held = ObligationState.objects.at(on).filter(obligation_id__in=among(list(turned)))
        held.update(valid_to=on)
    followed = ObligationState.objects.filter(valid_from__gt=on).exists()
    for code, ids in _by_reason(turned).items():
        _continue(ids, code, on=on, followed=followed)


def _part_from_later_days(ids: Sequence[int], *, on: dt.date) -> None:
    """Let what holds on `on` end where a later day was checked, and begin there anew: what `on`
    changes must not run on into a day that was judged by its own rule."""
    later = later_days.by_department(on)
    if not later:
        return
    by_day: dict[dt.date, list[int]] = defaultdict(list)
    for chunk in chunks(ids):
        for pk, day in later_days.by_obligation(chunk, later).items():
            by_day[day].append(pk)
    for day, found in by_day.items():
        for chunk in chunks(found):
            states = ObligationState.objects.filter(obligation_id__in=chunk)
            holding = states.at(on) & states.at(day)
            parted = list(holding.values_list("obligation_id", flat=True))
            if parted:
                holding.update(valid_to=day)
                _go_on(states.filter(obligation_id__in=parted), on=day)


def _begun(judged: Iterable[int], *, on: dt.date) -> set[int]:
    """Those of which a person changed something on that very day; mostly nobody did."""
    states = ObligationState.objects.filter(valid_from=on)
    if not states.exists():
        return set()
    return set(states.values_list("obligation_id", flat=True)).intersection(judged)


def _continue(ids: Sequence[int], code: str, *, on: dt.date, followed: bool) -> None:
    """Let the facts of the rows that ended on `on` go on with another reason."""
    states = ObligationState.objects.filter(obligation_id__in=among(ids))
    seen = (Value(lights.light_of(code)), Value(code))
    _go_on(states, on=on, seen=seen, followed=followed)


def _go_on(
    states: QuerySet[ObligationState],
    *,
    on: dt.date,
    seen: tuple[Value | str, Value | str] = ("light", "light_reason"),
    followed: bool = True,
) -> None:
    """What ended on `on` goes on from there until the next row; `seen`: with which light.

    The database copies it itself: sending 1,000 such rows costs it and us five times as much.
    """
    until: Value | Subquery = Value(None, output_field=DateField())
    if followed:
        later = ObligationState.objects.filter(
            obligation=OuterRef("obligation"), valid_from__gt=on
        ).order_by("valid_from")
        until = Subquery(later.values("valid_from")[:1])
    ended = states.filter(valid_to=on)
    _insert(ended.values_list("obligation_id", Value(on), until, *FACTS, *seen))


def _insert(copies: QuerySet[Any, Any]) -> None:
    """Insert what `copies` selects: obligation, from, to, facts, light, reason."""
    names = ("obligation_id", "valid_from", "valid_to", *FACTS, "light", "light_reason")
    copying.insert(ObligationState, names, copies)


def _write_states(ids: Sequence[int], *, on: dt.date) -> None:
    """Close what held before `on` and open the facts of now; later rows of time alone fall away."""
    later = ObligationState.objects.filter(obligation_id__in=ids, valid_from__gt=on)
    if later.exists():
        _drop_changes_of_time(later, on=on)
    current = ObligationState.objects.filter(obligation_id__in=ids, valid_to=None)
    current.filter(valid_from=on).delete()
    current.update(valid_to=on)
    open_end = Value(None, output_field=DateField())
    rows = Obligation.objects.filter(pk__in=ids)
    _insert(rows.values_list("pk", Value(on), open_end, *FACTS, "light", "light_reason"))


def _drop_changes_of_time(later: Iterable[ObligationState], *, on: dt.date) -> None:
    """Facts recorded late replace later rows that only time made; a person's later act stands."""
    for row in later:
        before = (
            ObligationState.objects.filter(
                obligation_id=row.obligation_id, valid_from__lt=row.valid_from
            )
            .order_by("-valid_from")
            .first()
        )
        if before is None or any(getattr(row, name) != getattr(before, name) for name in FACTS):
            raise RuleViolation(
                _("A later change, of %(day)s, is already on record: use that day or a later one.")
                % {"day": row.valid_from.isoformat()}
            )
    ids = {row.obligation_id for row in later}
    ObligationState.objects.filter(obligation_id__in=ids, valid_from__gt=on).delete()
    for obligation_id in ids:
        last = ObligationState.objects.filter(obligation_id=obligation_id).latest("valid_from")
        last.valid_to = None
        last.save(update_fields=["valid_to"])


def _by_reason(judged: dict[int, str]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for pk, code in judged.items():
        grouped[code].append(pk)
    return grouped
