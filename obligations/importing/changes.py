"""Writes down what an edition did to every item that it touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from obligations.importing.comparing import Comparison
from obligations.importing.differing import Fields
from obligations.models import Edition, ItemChange, ListItem

_CHUNK = 500
_Change = ItemChange.Change


def write(
    edition: Edition,
    *,
    added: Sequence[ListItem],
    found: Comparison,
    fields: Mapping[int, Fields],
    before: Mapping[int, dict[str, Any]],
) -> None:
    """One row for each item; what is unchanged has none. `before` by item, for undoing."""
    continued = set(found.continued)
    rows = [_row(edition, item.pk, _Change.ADDED) for item in added]
    for item, _draft in found.changed:
        change = _Change.CONTINUED if item.pk in continued else _Change.CHANGED
        rows.append(_row(edition, item.pk, change, fields[item.pk], before[item.pk]))
    changed = {item.pk for item, _draft in found.changed}
    rows += [_row(edition, pk, _Change.CONTINUED) for pk in continued - changed]
    rows += [
        _row(edition, pk, _Change.WITHDRAWN, before=was)
        for pk, was in before.items()
        if pk not in changed
    ]
    ItemChange.objects.bulk_create(rows, batch_size=_CHUNK)


def _row(
    edition: Edition,
    item: int,
    change: str,
    fields: Fields | None = None,
    before: dict[str, Any] | None = None,
) -> ItemChange:
    return ItemChange(
        edition=edition, item_id=item, change=change, fields=fields or [], before=before or {}
    )
