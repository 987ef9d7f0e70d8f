"""Remembers which groups the cells of a list name, so that later members can be offered duties."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from accounts.models import Department, Level, User
from obligations.bodies import Body
from obligations.chunks import CHUNK, chunks
from obligations.importing.drafting import Draft
from obligations.kinds import Kind
from obligations.models import Dispatch, DispatchGroup, DispatchMember, ListItem, Obligation

# Stands for any member: what it would owe, each of them owes.
_ANYBODY = Department(pk=-1, level=Level.PROVINCE)


@dataclass
class _Meant:
    """The items for which a group owes one duty in one role, and its members on that day."""

    items: list[int] = field(default_factory=list)
    members: set[int] = field(default_factory=set)


def remember(
    pairs: Sequence[tuple[ListItem, Draft]], kind: Kind, *, by: User | None, on: dt.date
) -> None:
    """What the items' cells say of groups, in the place of what they said before."""
    _forget([item.pk for item, _draft in pairs])
    found: dict[tuple[str, str], dict[int, _Meant]] = defaultdict(lambda: defaultdict(_Meant))
    for item, draft in pairs:
        for body, duty, role in _owed(draft, kind):
            assert body.group_id is not None
            meant = found[duty, role][body.group_id]
            meant.items.append(item.pk)
            meant.members |= {one.pk for one in body.departments if not one.is_central}
    for (duty, role), groups in found.items():
        _write(duty, role, groups, by=by, on=on)


def remembered(items: Sequence[int]) -> dict[int, list[int]]:
    """By item the groups that its cells name, as undoing needs them."""
    found: dict[int, list[int]] = {item: [] for item in items}
    for chunk in chunks(items):
        rows = _through().filter(listitem__in=chunk).order_by("pk")
        for item, group in rows.values_list("listitem", "dispatchgroup"):
            found[item].append(group)
    return found


def restore(before: Mapping[int, Sequence[int]], *, owed: Sequence[int]) -> None:
    """The items' cells name those groups again and no others; `owed`: obligations that stood
    then, which no longer come through a group that was remembered since."""
    now = remembered(list(before))
    since = {group for item, groups in now.items() for group in groups if group not in before[item]}
    for chunk in chunks(owed):
        rows = Obligation.objects.filter(pk__in=chunk, dispatch_group__in=since)
        rows.update(dispatch_group=None)
    _forget(list(before))
    through = DispatchGroup.items.through
    through.objects.bulk_create(
        (
            through(dispatchgroup_id=group, listitem_id=item)
            for item, groups in before.items()
            for group in groups
        ),
        batch_size=CHUNK,
    )


def _owed(draft: Draft, kind: Kind) -> Iterator[tuple[Body, str, str]]:
    """Each group of the cells, with the duty and role of its members."""
    for column in kind.columns:
        if column.type not in ("body", "bodies"):
            continue
        bodies: tuple[Body, ...] = draft.values.get(column.field) or ()
        for place, body in enumerate(bodies):
            if body.group_id is not None:
                asked = (*bodies[:place], _with_anybody(body), *bodies[place + 1 :])
                duties, _alone = kind.fan_out(
                    {**draft.values, column.field: asked}, lambda _central: None
                )
                for one in duties:
                    if one.department_id == _ANYBODY.pk:
                        yield body, one.duty, one.role_in_item


def _with_anybody(body: Body) -> Body:
    return replace(body, departments=(_ANYBODY,))


def _write(
    duty: str, role: str, groups: Mapping[int, _Meant], *, by: User | None, on: dt.date
) -> None:
    row = Dispatch.objects.create(
        of_list=True,
        duties=[{"duty": duty, "due": ""}],
        bodies=[{"key": f"group:{key}", "role": role} for key in groups],
        members_on=on,
        state=Dispatch.State.DONE,
        created_by=by,
        done_by=by,
        done_on=on,
    )
    for key, meant in groups.items():
        made = DispatchGroup.objects.create(dispatch=row, group_id=key, role_in_item=role)
        made.items.add(*meant.items)
        DispatchMember.objects.bulk_create(
            DispatchMember(
                dispatch_group=made,
                department_id=pk,
                outcome=DispatchMember.Outcome.MADE,
                decided_on=on,
                decided_by=by,
            )
            for pk in sorted(meant.members)
        )
        for chunk in chunks(meant.items):
            owed = Obligation.objects.filter(item__in=chunk, duty=duty, dispatch_group=None)
            owed.filter(department__in=meant.members).update(dispatch_group=made)


def _forget(items: Sequence[int]) -> None:
    for chunk in chunks(items):
        _through().filter(listitem__in=chunk).delete()


def _through() -> QuerySet[Any]:
    return DispatchGroup.items.through.objects.filter(dispatchgroup__dispatch__of_list=True)
