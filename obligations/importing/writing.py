"""Puts drafts into rows: the item's own fields, the terms of its kind, the obligations it makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from obligations.bodies import joined
from obligations.importing.drafting import Draft
from obligations.kinds import Column, Duty, Kind
from obligations.models import ListItem, Obligation

_CHUNK = 500

ITEM_FIELDS = (
    "serial",
    "title",
    "body_text",
    "office",
    "deadline_text",
    "deadline_kind",
    "deadline_on",
    "scenes",
    "remark",
    "security",
    "raw",
    "identity_hash",
    "row_hash",
)


def fill_item(item: ListItem, draft: Draft, kind: Kind) -> ListItem:
    """The item with the draft's values; not saved."""
    for column in kind.columns:
        if column.on_item and column.type not in ("deadline", "scenes", "body"):
            setattr(item, column.field, draft.values[column.field])
    item.body = draft.bodies[0].department if draft.bodies else None
    item.body_text = joined(draft.bodies)[:500]
    scenes = draft.values.get("scenes") or []
    item.scenes = f"、{'、'.join(scenes)}、" if scenes else ""
    deadline = draft.deadline
    item.deadline_text, item.deadline_kind = deadline.text, deadline.kind
    item.deadline_on = deadline.on
    item.raw = draft.raw
    item.identity_hash, item.row_hash = draft.identity_hash, draft.row_hash
    return item


def terms_of(draft: Draft, kind: Kind) -> dict[str, Any]:
    """The values of the kind's own columns by field, bodies as names."""
    found: dict[str, Any] = {}
    for column in kind.columns:
        if not column.on_item:
            found[column.field] = _stored(draft.values[column.field], column)
            if column.text_field:
                found[column.text_field] = draft.values[column.text_field]
    return found


def _stored(value: Any, column: Column) -> Any:
    return joined(value) if column.type in ("body", "bodies") else value


def new_obligations(
    pairs: Sequence[tuple[ListItem, Duty]],
    *,
    raised_on: dt.date,
    external_of: dict[int, int] | None = None,
) -> list[int]:
    """Drafts of obligations, to be issued; returns their keys.

    A province's duty depends on the external one under the same item; `external_of` gives those
    that are there already, by item.
    """
    rows = {
        flag: [_obligation(item, duty, raised_on) for item, duty in pairs if duty.external is flag]
        for flag in (True, False)
    }
    Obligation.objects.bulk_create(rows[True], batch_size=_CHUNK)
    known = {row.item_id: row.pk for row in reversed(rows[True])} | (external_of or {})
    for row in rows[False]:
        row.depends_on_id = known.get(row.item_id)
    Obligation.objects.bulk_create(rows[False], batch_size=_CHUNK)
    return [row.pk for row in (*rows[True], *rows[False])]


def _obligation(item: ListItem, duty: Duty, raised_on: dt.date) -> Obligation:
    return Obligation(
        item=item,
        department_id=duty.department_id,
        duty=duty.duty,
        role_in_item=duty.role_in_item,
        external=duty.external,
        due_text=item.deadline_text,
        due_kind=item.deadline_kind,
        due_on=item.deadline_on,
        original_due_on=item.deadline_on,
        raised_on=raised_on,
    )
