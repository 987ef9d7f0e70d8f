"""Amends items that a file says differently now, and the obligations that hang on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from accounts import audit
from accounts.models import AuditEntry, User
from obligations import dating, history
from obligations.chunks import chunks
from obligations.importing import groups
from obligations.importing.drafting import Draft
from obligations.importing.rewriting import write_back
from obligations.importing.writing import ITEM_FIELDS, fill_item, new_obligations, terms_of
from obligations.kinds import Kind
from obligations.models import ListItem, Obligation, Status

_CLOSED = (Status.VERIFIED, Status.WITHDRAWN)
DATES = ("due_text", "due_kind", "due_on", "original_due_on")


@dataclass(slots=True)
class Amended:
    """Keys of new obligations, and by item all that stood before, as undoing needs it."""

    made: list[int] = field(default_factory=list)
    before: dict[int, dict[str, Any]] = field(default_factory=dict)


def amend(
    changed: Sequence[tuple[ListItem, Draft]],
    kind: Kind,
    *,
    terms: Mapping[int, models.Model],
    by: User | None,
    on: dt.date,
    raised_on: dt.date,
) -> Amended:
    """Write the new values, make the obligations that are new, move deadlines. Obligations that the
    row no longer asks for stay: people withdraw them. `terms`: those that stand now, by item."""
    if not changed:
        return Amended()
    standing = _obligations([item for item, _draft in changed])
    amended = Amended(before=_before(changed, terms, standing))
    moved = [item for item, draft in changed if _says_another_day(item, draft)]
    items = [fill_item(item, draft, kind) for item, draft in changed]
    write_back(items, [*ITEM_FIELDS, "body"])
    _update_terms(changed, kind)
    _move_deadlines(moved, standing, by=by, on=on)
    amended.made = _make_missing(changed, standing, raised_on=raised_on)
    _note_made(amended)
    return amended


def _before(
    changed: Sequence[tuple[ListItem, Draft]],
    terms: Mapping[int, models.Model],
    standing: Sequence[Obligation],
) -> dict[int, dict[str, Any]]:
    named = groups.remembered([item.pk for item, _draft in changed])
    before: dict[int, dict[str, Any]] = {
        item.pk: {
            "item": {name: _plain(getattr(item, name)) for name in (*ITEM_FIELDS, "body_id")},
            "terms": _fields_of(terms[item.pk]),
            "dates": {},
            "made": [],
            "groups": named[item.pk],
        }
        for item, _draft in changed
    }
    for row in standing:
        dates = {name: _plain(getattr(row, name)) for name in DATES}
        before[row.item_id]["dates"][str(row.pk)] = dates
    return before


def _fields_of(terms: models.Model) -> dict[str, Any]:
    return {
        one.attname: getattr(terms, one.attname)
        for one in terms._meta.concrete_fields
        if not one.primary_key
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _note_made(amended: Amended) -> None:
    """Which obligations came with which item."""
    for made in chunks(amended.made):
        rows = Obligation.objects.filter(pk__in=made)
        for pk, item in rows.values_list("pk", "item_id"):
            amended.before[item]["made"].append(pk)


def _says_another_day(item: ListItem, draft: Draft) -> bool:
    before = (item.deadline_kind, item.deadline_on or item.deadline_text)
    return before != (draft.deadline.kind, draft.deadline.on or draft.deadline.text)


def _update_terms(changed: Sequence[tuple[ListItem, Draft]], kind: Kind) -> None:
    values = [(item, terms_of(draft, kind)) for item, draft in changed]
    if not values[0][1]:
        return
    rows = [kind.terms(item=item, **terms) for item, terms in values]
    write_back(rows, list(values[0][1]))


def _make_missing(
    changed: Sequence[tuple[ListItem, Draft]],
    standing: Sequence[Obligation],
    *,
    raised_on: dt.date,
) -> list[int]:
    """Obligations of duties that an item did not have before."""
    known = {(row.item_id, row.department_id, row.duty) for row in standing}
    external_of: dict[int, int] = {}
    for row in standing:
        if row.external:
            external_of.setdefault(row.item_id, row.pk)
    pairs = [
        (item, duty)
        for item, draft in changed
        for duty in draft.duties
        if (item.pk, duty.department_id, duty.duty) not in known
    ]
    return new_obligations(pairs, raised_on=raised_on, external_of=external_of)


def _move_deadlines(
    items: Sequence[ListItem],
    standing: Sequence[Obligation],
    *,
    by: User | None,
    on: dt.date,
) -> None:
    """The list's new day becomes the current one of open obligations. The original one stays,
    except where the obligation was not issued yet, or one of the two is no day."""
    by_item = {item.pk: item for item in items}
    rows = [row for row in standing if row.item_id in by_item and row.status not in _CLOSED]
    entries = []
    for row in rows:
        entries.append(_entry(row, by_item[row.item_id], by=by, on=on))
        _move(row, by_item[row.item_id])
    write_back(rows, [*DATES, "version"])
    ids = [row.pk for row in rows]
    dating.by_list_many(ids)
    history.record_many(ids, on=on)
    audit.record_many(entries)


def _move(row: Obligation, item: ListItem) -> None:
    row.due_text, row.due_kind, row.due_on = (
        item.deadline_text,
        item.deadline_kind,
        item.deadline_on,
    )
    if row.status == Status.DRAFT or row.original_due_on is None or item.deadline_on is None:
        row.original_due_on = item.deadline_on
    row.version += 1


def _entry(row: Obligation, item: ListItem, *, by: User | None, on: dt.date) -> AuditEntry:
    days = [str(row.due_on or row.due_text), str(item.deadline_on or item.deadline_text)]
    detail = {"on": on.isoformat(), "version": row.version + 1, "changes": {"due_on": days}}
    return audit.entry(
        row, verb="import_list", by=by, detail=detail, department_id=row.department_id
    )


def _obligations(items: Sequence[ListItem]) -> list[Obligation]:
    """All obligations of the items, locked, in an order that every writer keeps."""
    found: list[Obligation] = []
    keys = sorted(item.pk for item in items)
    for chunk in chunks(keys):
        rows = Obligation.objects.select_for_update(of=("self",)).filter(item_id__in=chunk)
        found += rows.order_by("pk")
    return found
