"""Where an item comes from: editions that touched it, what it said before, what it replaces."""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from obligations import editions, terms
from obligations.editions import Shown
from obligations.kinds import kinds
from obligations.models import Edition, ItemChange, ListItem

_Change = ItemChange.Change
_STEPS_SHOWN = 100


@dataclass(frozen=True)
class Earlier:
    """What the item said until an edition changed it."""

    until: Edition
    terms: list[tuple[str, str]]


@dataclass(frozen=True)
class Lineage:
    """Newest first. `gone`: the change that withdrew the item, where it is withdrawn."""

    steps: list[Shown]
    earlier: list[Earlier] = field(default_factory=list)
    replaces: ListItem | None = None
    successors: list[ListItem] = field(default_factory=list)
    gone: ItemChange | None = None


def of(item: ListItem, *, user: User) -> Lineage:
    """What the user may know of it."""
    rows = ItemChange.objects.filter(item=item).defer("before")
    rows = rows.select_related("edition__list", "edition__applied_by", "edition__undone_by")
    found = list(rows.order_by("-edition__applied_at", "-pk")[:_STEPS_SHOWN])
    steps = editions.shown(found, kind=kinds()[item.list.kind], user=user)
    visible = ListItem.objects.visible_to(user).select_related("list")
    return Lineage(
        steps=steps,
        earlier=_earlier(item, steps, user=user),
        replaces=visible.filter(pk=item.replaces_id).first() if item.replaces_id else None,
        successors=list(visible.filter(replaces=item).order_by("pk")),
        gone=_withdrawing(found) if item.withdrawn_on else None,
    )


def _earlier(item: ListItem, steps: list[Shown], *, user: User) -> list[Earlier]:
    """Walks back from what it says now; what was taken back has left no trace."""
    kind = kinds()[item.list.kind]
    said = dict(terms.written(item, hidden=terms.hidden_from(user, item)))
    order = [column.label for column in kind.columns]
    found = []
    for step in steps:
        if step.change.edition.undone_at or not step.fields:
            continue
        said |= {label: before for label, before, _after in step.fields}
        told = [(label, said[label]) for label in order if said.get(label)]
        found.append(Earlier(step.change.edition, told))
    return found


def _withdrawing(found: list[ItemChange]) -> ItemChange | None:
    """The newest change that left the item withdrawn: an amended list, or an undone addition."""
    for change in found:
        undone = change.edition.undone_at is not None
        if change.change == _Change.WITHDRAWN and not undone:
            return change
        if change.change == _Change.ADDED and undone:
            return change
    return None
