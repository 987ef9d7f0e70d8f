"""Records what changed, and from which day, on the one timeline of each obligation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from obligations import calendars, lights
from obligations.models import Obligation, ObligationState
from obligations.models.judged import FACTS

_CHUNK = 500


def day_of(as_of: dt.date) -> lights.Day:
    """The day with its horizon, counted once."""
    ahead = lights.DEFAULT_RULE.due_soon_days
    return lights.Day(as_of=as_of, due_soon_on=calendars.current().add(as_of, ahead))


def record(obligation: Obligation, *, on: dt.date) -> None:
    """Judge one obligation as of `on` and record its facts; refreshes its light."""
    record_many([obligation.pk], on=on)
    obligation.refresh_from_db(fields=["light", "light_reason"])


def record_many(obligation_ids: Sequence[int], *, on: dt.date) -> None:
    """Judge obligations whose facts a person changed as of `on`, and record their facts."""
    day = day_of(on)
    with transaction.atomic():
        for chunk in _chunks(obligation_ids):
            rows = Obligation.objects.filter(pk__in=chunk)
            judged = dict(rows.annotate(now=lights.reason(day)).values_list("pk", "now"))
            write_lights(judged)
            _write_states(rows, on=on)


def write_lights(judged: dict[int, str]) -> None:
    """Store reasons and lights on obligations, one statement per reason and chunk."""
    for code, ids in _by_reason(judged).items():
        for chunk in _chunks(ids):
            Obligation.objects.filter(pk__in=chunk).update(
                light=lights.light_of(code), light_reason=code
            )


def shift_many(judged: dict[int, str], *, on: dt.date) -> None:
    """From `on`, what time alone changed: `judged` maps obligations to their reasons then."""
    for chunk in _chunks(list(judged)):
        states = ObligationState.objects.at(on).filter(obligation_id__in=chunk)
        _shift(states, judged, on=on)


def _shift(states: Iterable[ObligationState], judged: dict[int, str], *, on: dt.date) -> None:
    same_day: dict[int, str] = {}
    closing: list[int] = []
    opening: list[ObligationState] = []
    for state in states:
        code = judged[state.obligation_id]
        if state.light_reason == code:
            continue
        if state.valid_from == on:
            same_day[state.pk] = code
            continue
        closing.append(state.pk)
        opening.append(_copy(state, code=code, on=on))
    _update_reasons(same_day)
    ObligationState.objects.filter(pk__in=closing).update(valid_to=on)
    ObligationState.objects.bulk_create(opening, batch_size=_CHUNK)


def _copy(state: ObligationState, *, code: str, on: dt.date) -> ObligationState:
    facts = {name: getattr(state, name) for name in FACTS}
    return ObligationState(
        obligation_id=state.obligation_id,
        valid_from=on,
        valid_to=state.valid_to,
        light=lights.light_of(code),
        light_reason=code,
        **facts,
    )


def _update_reasons(judged: dict[int, str]) -> None:
    for code, ids in _by_reason(judged).items():
        for chunk in _chunks(ids):
            ObligationState.objects.filter(pk__in=chunk).update(
                light=lights.light_of(code), light_reason=code
            )


def _write_states(rows: Iterable[Obligation], *, on: dt.date) -> None:
    """Close what held before `on` and open the facts of now; later rows of time alone fall away."""
    facts = {row.pk: row for row in rows}
    later = ObligationState.objects.filter(obligation_id__in=facts, valid_from__gt=on)
    if later.exists():
        _drop_changes_of_time(later, on=on)
    current = ObligationState.objects.filter(obligation_id__in=facts, valid_to=None)
    current.filter(valid_from=on).delete()
    current.update(valid_to=on)
    ObligationState.objects.bulk_create(
        (_state_of(row, on=on) for row in facts.values()), batch_size=_CHUNK
    )


def _state_of(row: Obligation, *, on: dt.date) -> ObligationState:
    facts = {name: getattr(row, name) for name in (*FACTS, "light", "light_reason")}
    return ObligationState(obligation_id=row.pk, valid_from=on, **facts)


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


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
