"""A file's drafts against what is in force: the list itself, and other batches of its issuer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef, Q

from obligations.chunks import CHUNK, chunks
from obligations.importing import drafting
from obligations.importing.drafting import Draft
from obligations.importing.likeness import Titles
from obligations.kinds import Kind
from obligations.models import ItemChange, ListItem, ResponsibilityList
from obligations.tables import wording

_Thing = tuple[int | str, str]


@dataclass(slots=True)
class Comparison:
    """Every draft stands in one of the first three. `unchanged` and `continued` are keys of items;
    `continued`: those of other batches that the file names again, also where they say something
    new and are in `changed` as well."""

    added: list[Draft] = field(default_factory=list)
    changed: list[tuple[ListItem, Draft]] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    missing: list[ListItem] = field(default_factory=list)
    continued: list[int] = field(default_factory=list)
    # Additions that look like successors of a standing item, and those that a person confirmed.
    offered: list[tuple[Draft, ListItem]] = field(default_factory=list)
    replaced: list[tuple[Draft, ListItem]] = field(default_factory=list)


def compare(
    drafts: Iterable[Draft],
    existing: ResponsibilityList | None,
    others: Iterable[ResponsibilityList] = (),
    *,
    kind: Kind,
    replacements: Mapping[str, int] | None = None,
) -> Comparison:
    """By identity; then, where one of each is left over for a body and name, by these."""
    found = Comparison()
    home = existing.pk if existing else 0
    own = _known(ListItem.objects.filter(list=home).order_by("pk")) + _known(_named_again(existing))
    elsewhere = _elsewhere(others, known=own)
    standing = {one.identity_hash for one in (*own, *elsewhere)}
    left = _match(drafting.apart(drafts, standing, kind), own, found)
    missing = [item for item in left.items if item.list_id == home]
    before = len(found.changed), len(found.unchanged)
    rest = _match(left.drafts, elsewhere, found)
    found.continued = [item.pk for item, _draft in found.changed[before[0] :]]
    found.continued += found.unchanged[before[1] :]
    found.added = rest.drafts
    _find_successors(found, [*missing, *rest.items], replacements or {})
    gone = {item.pk for _draft, item in found.replaced}
    found.missing = sorted(
        (item for item in missing if item.pk not in gone), key=lambda item: item.position
    )
    return found


class _Known(NamedTuple):
    """A standing item before it is loaded."""

    pk: int
    identity_hash: str
    row_hash: str


@dataclass(slots=True)
class _Left:
    drafts: list[Draft]
    items: list[ListItem]


def _known(items: models.QuerySet[ListItem]) -> list[_Known]:
    """Those in force, in the order of the query."""
    rows = items.filter(withdrawn_on=None).values_list("pk", "identity_hash", "row_hash")
    return [_Known(*row) for row in rows.iterator(chunk_size=CHUNK)]


def _match(drafts: Iterable[Draft], items: Iterable[_Known], found: Comparison) -> _Left:
    """Sort what matches into `found`; what is left over on both sides comes back. Only what differs
    is loaded: of an amended list, nearly all says the same."""
    standing: dict[str, _Known] = {}
    doubled: list[int] = []
    for item in items:
        if item.identity_hash in standing:
            doubled.append(item.pk)
        else:
            standing[item.identity_hash] = item
    waiting: list[Draft] = []
    changed: list[tuple[int, Draft]] = []
    for draft in drafts:
        match = standing.pop(draft.identity_hash, None)
        if match is None:
            waiting.append(draft)
        elif match.row_hash == draft.row_hash:
            found.unchanged.append(match.pk)
        else:
            changed.append((match.pk, draft))
    over = [*(item.pk for item in standing.values()), *doubled]
    loaded = _load([*(pk for pk, _draft in changed), *over])
    found.changed += [(loaded[pk], draft) for pk, draft in changed]
    left = _Left([], [loaded[pk] for pk in over])
    _pair(waiting, left, found)
    return left


def _load(keys: Sequence[int]) -> dict[int, ListItem]:
    rows = ListItem.objects.select_related("list")
    found: dict[int, ListItem] = {}
    for part in chunks(keys):
        found |= rows.in_bulk(part)
    return found


def _pair(waiting: list[Draft], left: _Left, found: Comparison) -> None:
    wanted = Counter(draft.thing for draft in waiting)
    by_thing: dict[_Thing, list[ListItem]] = {}
    for item in left.items:
        by_thing.setdefault(_thing(item), []).append(item)
    taken: set[int] = set()
    for draft in waiting:
        alike = by_thing.get(draft.thing, [])
        if wanted[draft.thing] == len(alike) == 1:
            found.changed.append((alike[0], draft))
            taken.add(alike[0].pk)
        else:
            left.drafts.append(draft)
    left.items = [item for item in left.items if item.pk not in taken]


def _named_again(existing: ResponsibilityList | None) -> models.QuerySet[ListItem]:
    """Items of other lists that a standing edition of this one names."""
    if existing is None:
        return ListItem.objects.none()
    changes = ItemChange.objects.filter(
        item=OuterRef("pk"), edition__list=existing, edition__undone_at=None, change="continued"
    )
    return ListItem.objects.filter(Exists(changes)).exclude(list=existing).order_by("pk")


def _elsewhere(others: Iterable[ResponsibilityList], *, known: Iterable[_Known]) -> list[_Known]:
    """What is in force in other batches, the newest batch first."""
    seen = {item.pk for item in known}
    rows = _known(ListItem.objects.filter(list__in=list(others)).order_by("-list__batch", "pk"))
    return [item for item in rows if item.pk not in seen]


def _thing(item: ListItem) -> _Thing:
    leading = item.body_id or item.body_text.split("、", 1)[0]
    return leading, wording.matching(item.title)


def _find_successors(
    found: Comparison, items: list[ListItem], replacements: Mapping[str, int]
) -> None:
    """Additions and the standing items that they may replace; a person's word decides."""
    if not items or not found.added:
        return
    by_key = {item.pk: item for item in items}
    titles = Titles((_thing(item)[0], item.title, item.pk) for item in items)
    for draft in found.added:
        confirmed = by_key.get(replacements.get(draft.identity_hash, 0))
        key = confirmed.pk if confirmed else titles.nearest(draft.thing[0], draft.title)
        if key is not None:
            found.offered.append((draft, by_key[key]))
        if confirmed:
            found.replaced.append((draft, confirmed))


def other_batches(one: ResponsibilityList | None, kind: str, level: str, issuer: str) -> Q:
    """The lists of the same kind, level and issuer, but for this one."""
    same = Q(kind=kind, level=level, issuer=issuer, supersedes=None)
    return same & ~Q(pk=one.pk) if one else same
