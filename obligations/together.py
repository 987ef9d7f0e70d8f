"""One verb on many obligations: all or none, with the reasons row by row; few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import User
from obligations import dating, history
from obligations.changing import (
    entry,
    let_kinds_follow,
    require_in_reach,
    require_transition,
    require_version,
    watched,
)
from obligations.chunks import chunks
from obligations.models import Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.situations import Batch, Situation

# What is never written here: keys, what the version and the light have functions of their own for,
# what machines found.
_LEFT_ALONE = ("id", "version", "light", "light_reason", "last_found", "created_at")
_FIELDS = tuple(
    field.attname for field in Obligation._meta.concrete_fields if field.attname not in _LEFT_ALONE
)
# Key -> the version that the writer saw; None where the caller holds the lock itself.
Versions = Mapping[int, int] | None


@contextmanager
def changing_many(
    obligations: ObligationQuerySet,
    *,
    verb: str,
    by: User,
    on: dt.date,
    versions: Versions = None,
    said: Mapping[str, Any] | None = None,
) -> Iterator[list[Situation]]:
    """Yield the situations of the locked, checked rows; on leaving, save them with history and
    audit. One row that refuses refuses all, and every one that does is named with its reason."""
    permissions.require(by, verb)
    with transaction.atomic():
        rows = list(
            obligations.order_by("pk")
            .select_for_update(of=("self",))
            .select_related("item__list", "department")
            .defer("item__raw")
        )
        found = Batch(rows, by=by, on=on).situations()
        ends = _require_all(found, verb=verb, versions=versions)
        before = {row.pk: (watched(row), _values(row)) for row in rows}
        yield found
        _require_ends(rows, ends, verb=verb)
        let_kinds_follow(rows, on=on)
        _save(rows, {pk: values for pk, (_watched, values) in before.items()})
        history.record_many([row.pk for row in rows], on=on)
        audit.record_many(
            entry(row, verb=verb, by=by, on=on, before=before[row.pk][0], said=said or {})
            for row in rows
        )


def _require_all(
    found: Sequence[Situation], *, verb: str, versions: Versions
) -> dict[int, frozenset[str]]:
    ends: dict[int, frozenset[str]] = {}
    refused, is_stale = [], False
    for situation in found:
        row = situation.row
        try:
            require_in_reach(row, by=situation.by)
            require_version(row, versions[row.pk] if versions is not None else None)
            ends[row.pk] = require_transition(situation, verb)
        except (RuleViolation, PermissionDenied) as why:
            is_stale = is_stale or isinstance(why, StaleVersion)
            refused.append(refusal_of(row, why))
    if refused:
        raise _refusal(refused, StaleVersion if is_stale else RuleViolation)
    return ends


def refusal_of(row: Obligation, why: Exception) -> dict[str, Any]:
    """One row that refuses, as JSON values."""
    facts = why.facts if isinstance(why, RuleViolation) else {}
    return {
        **facts,
        "id": row.pk,
        "title": row.item.title,
        "department": row.department.name,
        "why": why.sentence if isinstance(why, RuleViolation) else str(why),
    }


def by_clock_each(
    rows: Sequence[Obligation], field: str, clock: str, *, start: dt.date, event: str, by: User
) -> None:
    """Set the clock's date on all; each row gets its own, for regions may count differently."""
    ids = [row.pk for row in rows]
    found = dating.by_clock_each(ids, field, clock, start=start, event=event, by=by)
    for row in rows:
        setattr(row, field, found[row.pk])


def refuse_all(refused: Sequence[Mapping[str, Any]]) -> RuleViolation:
    """The refusal of all because of some."""
    return _refusal(refused, RuleViolation)


def _refusal(refused: Sequence[Mapping[str, Any]], sort: type[RuleViolation]) -> RuleViolation:
    return sort(
        _("Nothing was changed: %(count)s of the chosen rows refuse. First: %(title)s. %(why)s")
        % {"count": len(refused), "title": refused[0]["title"], "why": refused[0]["why"]},
        facts={"refused": list(refused)},
    )


def _require_ends(
    rows: Sequence[Obligation], ends: Mapping[int, frozenset[str]], *, verb: str
) -> None:
    for row in rows:
        if row.status not in ends[row.pk]:
            raise AssertionError(f"{verb} ended in {row.status}")


def _values(row: Obligation) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS}


def _save(rows: Sequence[Obligation], before: Mapping[int, Mapping[str, Any]]) -> None:
    """What became the same for all is one statement; only what differs goes row by row."""
    changed = [
        name for name in _FIELDS if any(getattr(row, name) != before[row.pk][name] for row in rows)
    ]
    alike = {name: getattr(rows[0], name) for name in changed if _is_alike(rows, name)}
    differing = [name for name in changed if name not in alike]
    for chunk in chunks(rows):
        Obligation.objects.filter(pk__in=[row.pk for row in chunk]).update(
            version=F("version") + 1, **alike
        )
        if differing:
            names = [Obligation._meta.get_field(_named(name)).name for name in differing]
            Obligation.objects.bulk_update(chunk, names, batch_size=100)
    for row in rows:
        row.version += 1


def _is_alike(rows: Sequence[Obligation], name: str) -> bool:
    first = getattr(rows[0], name)
    return all(getattr(row, name) == first for row in rows)


def _named(attname: str) -> str:
    """The field's name of an attribute such as claimed_by_id."""
    return next(f.name for f in Obligation._meta.concrete_fields if f.attname == attname)
