"""The columns of a list item as a reader sees them: official label and written value."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from accounts.models import User
from obligations.kinds import Column, kinds
from obligations.models import ListItem, Obligation, RoleInItem
from obligations.models.lists import ListItemQuerySet

# Of an item in which it only supports, a department sees title, provider, terms and deadline;
# what the list tells the provider alone stays with the provider.
OWN_ONLY = frozenset({"office", "remark", "security"})

CATALOGUE_CODE = "目录代码"


def led_by(user: User, items: ListItemQuerySet) -> set[int] | None:
    """Keys of those items under which the user's department leads; None where all are open."""
    if user.role in user.SCOPED:
        return None
    rows = Obligation.objects.visible_to(user).filter(role_in_item=RoleInItem.LEAD)
    return set(items.filter(pk__in=rows.values("item")).values_list("pk", flat=True))


def hidden_from(user: User, item: ListItem) -> frozenset[str]:
    """The fields of the item's kind that the user may not read."""
    led = led_by(user, ListItem.objects.filter(pk=item.pk))
    return OWN_ONLY if led is not None and item.pk not in led else frozenset()


def catalogue_codes(items: Iterable[ListItem]) -> dict[int, str]:
    """目录代码 by item, where the list names one: a query for each kind that has such a column."""
    found: dict[int, str] = {}
    by_kind: dict[str, list[int]] = defaultdict(list)
    for item in items:
        by_kind[item.list.kind].append(item.pk)
    for code, keys in by_kind.items():
        fields = [one.field for one in kinds()[code].columns if one.label == CATALOGUE_CODE]
        for field in fields:
            named = kinds()[code].terms._default_manager.filter(item__in=keys)
            found |= dict(named.exclude(**{field: ""}).values_list("item", field))
    return found


def written(item: ListItem, *, hidden: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """(label, text) of every filled column of the item's kind, in the order of the table."""
    kind = kinds()[item.list.kind]
    terms = getattr(item, kind.terms_name, None)
    shown = [column for column in kind.columns if column.field not in hidden]
    pairs = [(column.label, _text(item, terms, column)) for column in shown]
    return [(label, text) for label, text in pairs if text]


def _text(item: ListItem, terms: Any, column: Column) -> str:
    if column.type == "deadline":
        return item.deadline_text or _plain(item.deadline_on)
    if column.type == "scenes":
        return "、".join(item.scene_names)
    holder = item if column.on_item else terms
    value: Any = getattr(holder, column.field, None)
    if value is None:  # several bodies are kept as the names that were understood
        value = getattr(holder, f"{column.field}_names", "")
    if column.type == "choice":
        further = str(getattr(holder, column.text_field, "")) if column.text_field else ""
        return further or column.label_of(value)
    if column.type == "choices":
        return "、".join(column.label_of(one) for one in value)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(str(one) for one in value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return "" if value is None else str(value)
