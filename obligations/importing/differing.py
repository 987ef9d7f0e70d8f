"""What an amended item says differently, column by column, in the words of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from obligations.deadlines import Deadline
from obligations.importing import rebuilding
from obligations.importing.drafting import Draft
from obligations.kinds import Kind
from obligations.models import ListItem

# [official label, before, after]
Fields = list[list[str]]


def differences(
    changed: Sequence[tuple[ListItem, Draft]], kind: Kind, terms: Mapping[int, Any]
) -> dict[int, Fields]:
    """By item: its columns that differ. `terms` are those that stand now, by item."""
    return {item.pk: _fields(item, terms[item.pk], draft, kind) for item, draft in changed}


def _fields(item: ListItem, terms: Any, draft: Draft, kind: Kind) -> Fields:
    before = rebuilding.texts_of(item, terms, kind)
    after = rebuilding.in_words(draft.values, kind)
    found = []
    for column in kind.columns:
        pair = [before[column.field], after[column.field]]
        if column.type == "deadline":
            pair = [_with_day(item.deadline_text, item.deadline_on), _of(draft.deadline)]
        if pair[0] != pair[1]:
            found.append([column.label, *pair])
    if not found:  # A name means another body now, or for the first time one at all.
        label, text = kind.column(kind.body).label, after[kind.body]
        found.append([label, text, _("%(name)s (matched anew)") % {"name": text}])
    return found


def _of(deadline: Deadline) -> str:
    return _with_day(deadline.text, deadline.on)


def _with_day(text: str, on: Any) -> str:
    """The same words may mean another day, in a list of another year."""
    day = on.isoformat() if on else ""
    return text if not day or text == day else f"{text}（{day}）" if text else day
