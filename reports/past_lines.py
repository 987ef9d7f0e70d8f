"""Puts back into the lines of a past day what no state keeps: progress, contacts, returns.

What is due on the third working day after a month is a report of a past day, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from accounts.models import AuditEntry
from obligations import as_it_was
from obligations.chunks import chunks
from obligations.models import Obligation
from obligations.today import end_of
from reports.models import ObligationLine, Snapshot
from reports.snapshot_states import require_draft

_PUT_BACK = (
    *("contact_office", "contact_name", "contact_phone", "progress_note"),
    *("returned_count", "reopened_count"),
)


def put_back(snapshot: Snapshot) -> None:
    """What acts changed after the day, to what it was at the end of it."""
    require_draft(snapshot)
    for ids in chunks(_changed_since(snapshot)):
        _write(snapshot, as_it_was.changes_undone(ids, on=snapshot.as_of))


def _changed_since(snapshot: Snapshot) -> list[int]:
    """Of the lines those about whose obligations anything was recorded after the day."""
    acts = AuditEntry.objects.filter(
        object_type=Obligation._meta.label_lower, at__gte=end_of(snapshot.as_of)
    )
    keys = set(acts.order_by().values_list("object_id", flat=True).distinct())
    lines = ObligationLine.objects.filter(snapshot=snapshot).order_by()
    return [pk for pk in lines.values_list("obligation_id", flat=True) if str(pk) in keys]


def _write(snapshot: Snapshot, undone: Mapping[int, Mapping[str, Any]]) -> None:
    """As plain tuples, one statement for all lines of which the same columns changed."""
    quote = connection.ops.quote_name
    alike: dict[tuple[str, ...], list[Sequence[Any]]] = defaultdict(list)
    for pk, was in undone.items():
        names = tuple(name for name in _PUT_BACK if name in was)
        if names:
            alike[names].append((*(was[name] for name in names), snapshot.pk, pk))
    with connection.cursor() as cursor:
        for names, rows in alike.items():
            told = ", ".join(f"{quote(name)} = %s" for name in names)
            cursor.executemany(
                f"UPDATE {quote(ObligationLine._meta.db_table)} SET {told} "
                "WHERE snapshot_id = %s AND obligation_id = %s",
                rows,
            )
