"""Writes what a plan says: obligations, their history, the groups that were meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from accounts import audit
from accounts.models import User
from obligations import dating, dispatch, history
from obligations.chunks import CHUNK, chunks
from obligations.fanning_out.planning import Missing, Plan
from obligations.models import (
    Dispatch,
    DispatchGroup,
    DispatchMember,
    Notice,
    Obligation,
    ResponsibilityList,
)

_AUDITED = 500
# (how many are written, of how many)
Progress = Callable[[int, int], None]


def lock(items: Iterable[int]) -> None:
    """As an import does: its lists come first. Whoever holds them is alone with their items."""
    keys = list(items)
    lists = ResponsibilityList.objects.filter(items__in=keys).distinct().values("pk")
    rows = ResponsibilityList.objects.filter(pk__in=lists)
    list(rows.order_by("pk").select_for_update().values_list("pk"))


def write(row: Dispatch, plan: Plan, *, by: User, on: dt.date, progress: Progress) -> None:
    """Everything that the plan says, under the row; the caller holds the locks."""
    groups = _groups(row, plan, by=by, on=on)
    made = make(row, plan.missing, groups, by=by, on=on, progress=progress)
    audit_made(row, made, by=by, on=on)
    row.made, row.there = len(made), len(plan.there)
    settle(row, made, by=by, on=on)
    detail = {
        "on": on.isoformat(),
        "duties": row.duties,
        "bodies": row.bodies[:_AUDITED],
        "items": [item.pk for item in plan.items[:_AUDITED]],
        "item_count": len(plan.items),
        "made": row.made,
        "there": row.there,
        "document_number": row.document_number,
        "notice": row.notice.label if row.notice else None,
    }
    audit.record(row, verb="fan_out", by=by, detail=detail)


def make(
    row: Dispatch,
    missing: Sequence[Missing],
    groups: dict[int, DispatchGroup],
    *,
    by: User,
    on: dt.date,
    progress: Progress,
) -> list[Obligation]:
    """Drafts of obligations that depend on the external one under their item."""
    external = _external_of({one.item.pk for one in missing})
    made: list[Obligation] = []
    for part in chunks(missing):
        rows = [_obligation(row, one, groups, on=on) for one in part]
        for one in rows:
            one.depends_on_id = external.get(one.item_id)
        fresh = Obligation.objects.bulk_create(rows)
        _explain(row, fresh, by=by, on=on)
        made += fresh
        progress(len(made), len(missing))
    return made


def _explain(row: Dispatch, made: Sequence[Obligation], *, by: User, on: dt.date) -> None:
    """Days that the dispatch named and not the list are kept with their word and document."""
    named = [one for one in made if one.due_on and one.due_on != one.item.deadline_on]
    said = {"note": row.note, "document_number": row.document_number}
    dating.by_word_many(named, "due_on", start=on, event="fan_out", by=by, **said)


def settle(row: Dispatch, made: Sequence[Obligation], *, by: User, on: dt.date) -> Notice | None:
    """Issue them with one notice where the dispatch says so; else they begin as drafts."""
    if row.issue and made:
        fresh = Obligation.objects.filter(dispatch=row)
        dispatch.issue_many(fresh, by=by, on=on, note=row.note)
        row.notice = Notice.objects.get(obligations=made[0].pk)
    else:
        history.record_many([one.pk for one in made], on=on)
    return row.notice


def audit_made(row: Dispatch, made: Iterable[Obligation], *, by: User, on: dt.date) -> None:
    detail = {"on": on.isoformat(), "dispatch": row.pk}
    audit.record_many(
        audit.entry(one, verb="fan_out", by=by, detail=detail, department_id=one.department_id)
        for one in made
    )


def reached(
    group: DispatchGroup, departments: Iterable[int], *, by: User, on: dt.date
) -> list[DispatchMember]:
    """Rows, unsaved, that say of departments that the group's dispatch reached them."""
    made = DispatchMember.Outcome.MADE
    return [
        DispatchMember(
            dispatch_group=group, department_id=pk, outcome=made, decided_on=on, decided_by=by
        )
        for pk in departments
    ]


def _groups(row: Dispatch, plan: Plan, *, by: User, on: dt.date) -> dict[int, DispatchGroup]:
    found: dict[int, DispatchGroup] = {}
    members: list[DispatchMember] = []
    for key, group in plan.groups.items():
        made = DispatchGroup.objects.create(
            dispatch=row, group_id=key or None, role_in_item=group.role
        )
        made.items.add(*group.items)
        members += reached(made, group.members, by=by, on=on)
        found[key] = made
    DispatchMember.objects.bulk_create(members, batch_size=CHUNK)
    return found


def _external_of(items: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for keys in chunks(sorted(items)):
        rows = Obligation.objects.filter(item__in=keys, external=True)
        for item, pk in rows.exclude(status="withdrawn").order_by("-pk").values_list("item", "pk"):
            found[item] = pk
    return found


def _obligation(
    row: Dispatch, one: Missing, groups: dict[int, DispatchGroup], *, on: dt.date
) -> Obligation:
    through = None if one.owing.group is None else groups.get(one.owing.group)
    return Obligation(
        item=one.item,
        department=one.owing.department,
        duty=one.duty,
        role_in_item=one.owing.role,
        dispatch=row,
        dispatch_group=through,
        due_text=one.due.text,
        due_kind=one.due.kind,
        due_on=one.due.on,
        original_due_on=one.original,
        raised_on=on,
    )
