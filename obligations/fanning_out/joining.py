"""Departments that joined a group after its dispatch: offered to the coordinator, never added."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import Department, User
from obligations.fanning_out import choosing, planning, writing
from obligations.fanning_out.choosing import Named
from obligations.fanning_out.planning import Missing
from obligations.fanning_out.resolving import Resolver
from obligations.models import (
    Dispatch,
    DispatchGroup,
    DispatchMember,
    ListItem,
    Obligation,
    Status,
)

_SHOWN_REASON = 500


@dataclass(frozen=True, slots=True)
class Left:
    """A department that is no member any more; what it owes stays until a person withdraws it."""

    department: Department
    open_count: int


@dataclass
class Offer:
    """One group (0: the cities' data bureaus), its new members, and what they do not owe yet."""

    group: int
    name: str
    joined: dict[int, Department] = field(default_factory=dict)
    missing: dict[tuple[int, int, str], Missing] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    groups: dict[int, DispatchGroup] = field(default_factory=dict)
    # Group of a dispatch -> departments that it has not reached.
    unreached: dict[int, list[int]] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[Department, int]]:
        """Each new member with the number of obligations that it would get."""
        counted: dict[int, int] = defaultdict(int)
        for _item, department, _duty in self.missing:
            counted[department] += 1
        return [(one, counted[one.pk]) for one in self.joined.values()]

    def digest(self) -> str:
        """The same for the same offer."""
        what = [planning.written(self.missing.values()), sorted(self.unreached.items())]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def offers(*, by: User, on: dt.date) -> list[Offer]:
    """By group: who joined, and who left with something still open; those that wait come first."""
    found, resolver = _by_group(_rows(by), by=by, on=on)
    for one in found.values():
        _work_out(one, by=by, on=on)
    if resolver:
        _note_left(found, resolver)
    shown = [one for one in found.values() if one.joined or one.left]
    return sorted(shown, key=lambda one: (not one.joined, one.name))


def waiting_count(*, by: User, on: dt.date) -> int:
    """How many obligations wait to be offered to new members."""
    if not permissions.may(by, "fan_out"):
        return 0
    found, _resolver = _by_group(_rows(by), by=by, on=on)
    for one in found.values():
        _work_out(one, by=by, on=on)
    return sum(len(one.missing) for one in found.values())


def dismiss(
    group: int,
    departments: Iterable[int],
    *,
    by: User,
    on: dt.date,
    digest: str | None,
    reason: str,
) -> int:
    """These new members owe nothing of it; the reason is kept. Returns how many departments."""
    permissions.require(by, "fan_out")
    if not reason.strip():
        raise RuleViolation(_("Please give the reason: it is kept with the decision."))
    with transaction.atomic():
        offer, chosen = locked(group, departments, by=by, on=on, digest=digest)
        DispatchMember.objects.bulk_create(
            DispatchMember(
                dispatch_group=offer.groups[key],
                department_id=pk,
                outcome=DispatchMember.Outcome.DISMISSED,
                reason=reason.strip()[:_SHOWN_REASON],
                decided_on=on,
                decided_by=by,
            )
            for key, unreached in offer.unreached.items()
            for pk in unreached
            if pk in chosen
        )
        detail = {"on": on.isoformat(), "group": offer.name, "departments": sorted(chosen)}
        subject = next(iter(offer.groups.values())).dispatch
        audit.record(subject, verb="leave_out_member", by=by, detail={**detail, "reason": reason})
    return len(chosen)


def locked(
    group: int, departments: Iterable[int], *, by: User, on: dt.date, digest: str | None
) -> tuple[Offer, set[int]]:
    """The offer as it was shown, alone with its items, and the departments chosen of it."""
    if not digest:
        raise VersionMissing(_("Say which preview this is about: reload the page."))
    rows = _rows(by).filter(group_id=group or None)
    keys = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    through = DispatchGroup.items.through.objects.filter(dispatchgroup__in=keys)
    writing.lock(through.values_list("listitem", flat=True))
    found, _resolver = _by_group(rows, by=by, on=on)
    offer = found.get(group, Offer(group, ""))
    _work_out(offer, by=by, on=on)
    if offer.digest() != digest:
        raise StaleVersion(
            _("The situation has changed since you looked at it: look again, then confirm."),
            facts={"digest": offer.digest()},
        )
    chosen = set(departments)
    if not chosen or not chosen <= offer.joined.keys():
        raise RuleViolation(_("Choose at least one of the new members that are shown."))
    return offer, chosen


def _rows(by: User) -> QuerySet[DispatchGroup]:
    mine = Dispatch.objects.visible_to(by).filter(state=Dispatch.State.DONE)
    return DispatchGroup.objects.filter(dispatch__in=mine)


def _by_group(
    asked: QuerySet[DispatchGroup], *, by: User, on: dt.date
) -> tuple[dict[int, Offer], Resolver | None]:
    """Who joined each of the groups; nothing is read of departments where there is none."""
    rows = list(asked.select_related("dispatch__created_by", "group").order_by("pk"))
    if not rows:
        return {}, None
    resolver = Resolver(on, by)
    handled: dict[int, set[int]] = defaultdict(set)
    for pk, department in _handled(rows):
        handled[pk].add(department)
    found: dict[int, Offer] = {}
    for row in rows:
        key = row.group_id or 0
        offer = found.setdefault(key, Offer(key, _name(row)))
        offer.groups[row.pk] = row
        for one in _members(resolver, row):
            if one.pk not in handled[row.pk]:
                offer.joined[one.pk] = one
                offer.unreached.setdefault(row.pk, []).append(one.pk)
    return found, resolver


def _handled(rows: Sequence[DispatchGroup]) -> Iterable[tuple[int, int]]:
    found = DispatchMember.objects.filter(dispatch_group__in=[row.pk for row in rows])
    return found.values_list("dispatch_group_id", "department_id")


def _members(resolver: Resolver, row: DispatchGroup) -> list[Department]:
    """Today's, as far as whoever dispatched reached."""
    region = row.dispatch.created_by.region_id if row.dispatch.created_by else None
    found = resolver.members_of(row.group_id or 0)
    return [one for one in found if region is None or one.region_id == region]


def _name(row: DispatchGroup) -> str:
    return row.group.name if row.group else _("the data bureaus of all cities")


def _note_left(found: Mapping[int, Offer], resolver: Resolver) -> None:
    closed = [Status.WITHDRAWN, Status.VERIFIED]
    meant = [key for offer in found.values() for key in offer.groups]
    owed = Obligation.objects.filter(dispatch_group__in=meant).exclude(status__in=closed)
    columns = ("dispatch_group__group_id", "department_id")
    counted: dict[tuple[int, int], int] = defaultdict(int)
    for group, pk, count in owed.order_by().values_list(*columns).annotate(Count("pk")):
        counted[group or 0, pk] += count
    gone = [
        (group, pk)
        for group, pk in counted
        if pk not in {one.pk for one in resolver.members_of(group)}
    ]
    departments = Department.objects.in_bulk([pk for _group, pk in gone])
    for group, pk in gone:
        found[group].left.append(Left(departments[pk], counted[group, pk]))


def _work_out(offer: Offer, *, by: User, on: dt.date) -> None:
    """What the new members do not owe yet, by the duties of each dispatch."""
    for key, departments in offer.unreached.items():
        group = offer.groups[key]
        kept = choosing.of(group.dispatch)
        bodies = tuple(Named(f"department:{pk}", group.role_in_item) for pk in departments)
        choice = replace(kept, bodies=bodies, members_on=on, dues_on=kept.members_on)
        items = planning.rows_of(ListItem.objects.filter(pk__in=group.items.values("pk")))
        for one in planning.plan(items, choice, by=by, on=on, most=sys.maxsize).missing:
            offer.missing.setdefault(one.key, replace(one, owing=replace(one.owing, group=key)))
