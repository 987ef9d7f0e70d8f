"""Which deadline rule holds for an event: that of its day, of the nearest region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import Region
from obligations.models import Clock, DeadlineRule
from obligations.rule_data import SHIPPED, ShippedRule

# What tells that the table changed: versions are added and closed, never otherwise changed.
_Version = tuple[object, ...]
_TABLE = DeadlineRule._meta.db_table
_VERSION_SQL = f"""
    SELECT COUNT(*), MAX(id), COUNT(effective_to), MAX(created_at),
           SUM(id * (days + 7 * max_extension_days)),
           (SELECT clock FROM {_TABLE} ORDER BY id DESC LIMIT 1)
    FROM {_TABLE}
"""
_kept: tuple[_Version, list[DeadlineRule]] | None = None


def rule(clock: str, *, region: Region | None = None, on: dt.date) -> DeadlineRule:
    """The rule for an event of the day; RuleViolation where none is in force, as for Decree 809
    before 2025-08-01. One query where nothing changed."""
    return in_region(clock, region.pk if region else None, on=on)


def in_region(clock: str, region_id: int | None, *, on: dt.date) -> DeadlineRule:
    """As `rule`, by the region's key."""
    found = find(rules(), clock, region_id, on=on)
    if found is None:
        raise RuleViolation(
            _("No rule for “%(clock)s” is in force on %(day)s.")
            % {"clock": Clock(clock).label, "day": on.isoformat()}
        )
    return found


def find(
    known: Iterable[DeadlineRule], clock: str, region_id: int | None, *, on: dt.date
) -> DeadlineRule | None:
    """Of the known rules the one for an event of the day in the region, or for all regions."""
    candidates = {
        one.region_id: one
        for one in known
        if one.clock == clock
        and one.effective_from <= on
        and (one.effective_to is None or on <= one.effective_to)
    }
    if candidates.keys() - {None}:
        for nearer in line_of(region_id):
            if nearer in candidates:
                return candidates[nearer]
    return candidates.get(None)


def rules() -> list[DeadlineRule]:
    """Every version of every rule; those shipped, without keys, while none is loaded."""
    global _kept
    version = _version()
    if _kept is None or _kept[0] != version:
        _kept = (version, list(DeadlineRule.objects.order_by("pk")) or _unsaved())
    return _kept[1]


def line_of(region_id: int | None) -> Sequence[int]:
    """The region, then the one it lies in, and so on up."""
    parents = dict(Region.objects.values_list("pk", "parent_id")) if region_id else {}
    line: list[int] = []
    while region_id is not None and region_id not in line:
        line.append(region_id)
        region_id = parents.get(region_id)
    return line


def below(region_id: int | None) -> set[int]:
    """The region and all that lie in it."""
    parents = dict(Region.objects.values_list("pk", "parent_id"))
    found = {region_id} if region_id else set()
    while more := {pk for pk, parent in parents.items() if parent in found} - found:
        found |= more
    return {pk for pk in found if pk}


@transaction.atomic
def seed() -> int:
    """Load the shipped rules that are not there; a clock with versions of its own stays as it is.

    Returns how many were written: loading again writes nothing."""
    present = set(DeadlineRule.objects.filter(region=None).values_list("clock", flat=True))
    missing = [one for one in SHIPPED if one.clock not in present]
    DeadlineRule.objects.bulk_create(_row(one) for one in missing)
    return len(missing)


def _unsaved() -> list[DeadlineRule]:
    return [_row(one) for one in SHIPPED]


def _row(one: ShippedRule) -> DeadlineRule:
    return DeadlineRule(**one._asdict())


def _version() -> _Version:
    with connection.cursor() as cursor:
        cursor.execute(_VERSION_SQL)
        return tuple(cursor.fetchone())
