"""What happens to groups of departments: made, renamed, further names, members in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit, names, permissions
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import (
    AuditEntry,
    Department,
    DepartmentGroup,
    DepartmentName,
    GroupName,
    Membership,
    User,
)

_LONGEST = 200


@transaction.atomic
def make(name: str, *, kind: str, rule: str, by: User | None) -> DepartmentGroup:
    """A new group, found by its name at once. `by=None` is the machine."""
    _require_keeper(by)
    text = _usable(name)
    if DepartmentGroup.objects.filter(name=text).exists():
        raise RuleViolation(_("There is a group of this name already: open it, and change it."))
    group = DepartmentGroup.objects.create(name=text, kind=kind, rule=rule)
    _add_name(group, text)
    _audit(group, by=by, detail={"name": text, "kind": kind, "rule": rule}, verb="make_group")
    return group


@transaction.atomic
def change(
    group: DepartmentGroup, *, name: str, kind: str, rule: str, by: User, version: int | None
) -> DepartmentGroup:
    """Set name, kind and rule. The name until now goes on finding the group."""
    row = _locked(group, by=by, version=version)
    text = _usable(name)
    if DepartmentGroup.objects.filter(name=text).exclude(pk=row.pk).exists():
        raise RuleViolation(_("There is a group of this name already: open it, and change it."))
    after = {"name": text, "kind": kind, "rule": rule}
    changes = {key: [getattr(row, key), new] for key, new in after.items()}
    changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return row
    row.name, row.kind, row.rule = text, kind, rule
    if "name" in changes:
        _add_name(row, text)
    return _changed(row, by=by, detail=changes)


@transaction.atomic
def add_name(
    group: DepartmentGroup, text: str, *, by: User, version: int | None
) -> DepartmentGroup:
    """A further name by which documents call the group."""
    row = _locked(group, by=by, version=version)
    if not learn_name(row, text, by=by):
        raise RuleViolation(_("The group has this name already; enter another one."))
    return _changed(row, by=None)


@transaction.atomic
def learn_name(group: DepartmentGroup, text: str, *, by: User | None) -> bool:
    """As add_name, for who saw a document and not the group; False where it has that name."""
    _require_keeper(by)
    if not _add_name(group, _usable(text)):
        return False
    audit.record(group, verb="learn_name", by=by, detail={"name": names.tidy(text)})
    return True


@transaction.atomic
def drop_name(
    group: DepartmentGroup, name_id: int, *, by: User, version: int | None
) -> DepartmentGroup:
    """Documents that say this name no longer mean the group. A group without any name is out of
    use; what was made in its name stays."""
    row = _locked(group, by=by, version=version)
    name = row.names.filter(pk=name_id).first()
    if name is None:
        raise RuleViolation(_("The group has no such name any more: look at the page again."))
    name.delete()
    return _changed(row, by=by, detail={"names": [name.name, ""]})


@transaction.atomic
def add_members(
    group: DepartmentGroup,
    departments: Iterable[Department],
    *,
    valid_from: dt.date | None,
    valid_to: dt.date | None = None,
    by: User,
    version: int | None,
) -> DepartmentGroup:
    """Let departments belong to a listed group from one day to another, both included."""
    row = _locked(group, by=by, version=version)
    chosen = list(departments)
    if row.rule != DepartmentGroup.Rule.LISTED:
        raise RuleViolation(
            _("A rule says who belongs to this group: let it consist of listed departments first.")
        )
    _require_in_order(valid_from, valid_to)
    for department in chosen:
        _require_no_overlap(row, department, valid_from, valid_to)
        row.memberships.create(department=department, valid_from=valid_from, valid_to=valid_to)
    detail = {"added": [one.name for one in chosen], "from": str(valid_from or "")}
    return _changed(row, by=by, detail=detail)


@transaction.atomic
def end_member(
    group: DepartmentGroup, membership_id: int, *, last: dt.date, by: User, version: int | None
) -> DepartmentGroup:
    """Let a department belong to the group until a day, included."""
    row = _locked(group, by=by, version=version)
    membership = row.memberships.select_related("department").filter(pk=membership_id).first()
    if membership is None:
        raise RuleViolation(_("This department is no member: look at the page again."))
    _require_in_order(membership.valid_from, last)
    _require_no_overlap(row, membership.department, membership.valid_from, last, but=membership.pk)
    before, membership.valid_to = membership.valid_to, last
    membership.save(update_fields=["valid_to"])
    detail = {"member": membership.department.name, "until": [str(before or ""), str(last)]}
    return _changed(row, by=by, detail=detail)


def is_keeper(user: User) -> bool:
    """Whether the user keeps the groups: the province's coordinators do."""
    return permissions.may(user, "keep_groups") and user.region_id is None


def require_unborne(key: str, *, group: DepartmentGroup | None = None) -> None:
    """Raise RuleViolation where a department, or a group other than this one, has the name."""
    named = DepartmentName.objects.filter(matching=key).select_related("department").first()
    owner = named.department if named else _named_plainly(key)
    if owner:
        raise RuleViolation(
            _("“%(name)s” has this name: a document would mean the department. Choose another.")
            % {"name": owner.name}
        )
    other = GroupName.objects.filter(matching=key).select_related("group").first()
    if other and other.group != group:
        raise RuleViolation(
            _("The group “%(name)s” has this name already; a name means one group only.")
            % {"name": other.group.name}
        )


def _named_plainly(key: str) -> Department | None:
    """The department whose columns say the name; few have no dated rows beside them."""
    columns = Department.objects.only("name", "short_name")
    found = columns.filter(Q(name__iexact=key) | Q(short_name__iexact=key))
    return found.first()


def _add_name(group: DepartmentGroup, text: str) -> bool:
    """Whether the name is new."""
    key = names.matching(text)
    if group.names.filter(matching=key).exists():
        return False
    require_unborne(key, group=group)
    try:
        with transaction.atomic():
            group.names.create(name=text, matching=key)
    except IntegrityError as taken:
        raise RuleViolation(
            _("Somebody gave this name to another group meanwhile; look at the groups again.")
        ) from taken
    return True


def _usable(text: str) -> str:
    tidy = names.tidy(text)
    key = names.matching(tidy)
    if not key or max(len(tidy), len(key)) > _LONGEST:
        raise RuleViolation(_("A name has 1 to 200 characters; write it as documents do."))
    return tidy


def _require_in_order(first: dt.date | None, last: dt.date | None) -> None:
    if first and last and first > last:
        raise RuleViolation(_("The last day lies before the first day; correct one of the two."))


def _require_no_overlap(
    group: DepartmentGroup,
    department: Department,
    first: dt.date | None,
    last: dt.date | None,
    *,
    but: int | None = None,
) -> None:
    others = Membership.objects.filter(group=group, department=department).exclude(pk=but or 0)
    if last:
        others = others.filter(Q(valid_from=None) | Q(valid_from__lte=last))
    if first:
        others = others.filter(Q(valid_to=None) | Q(valid_to__gte=first))
    if others.exists():
        raise RuleViolation(
            _("“%(name)s” belongs to the group in these days already; end that membership first.")
            % {"name": department.name}
        )


def _require_keeper(by: User | None) -> None:
    if by is None:
        return
    permissions.require(by, "keep_groups")
    if by.region_id is not None:
        raise PermissionDenied(_("The province's coordinators keep the groups; ask one of them."))


def _locked(group: DepartmentGroup, *, by: User, version: int | None) -> DepartmentGroup:
    _require_keeper(by)
    row = DepartmentGroup.objects.select_for_update().get(pk=group.pk)
    if version is None:
        raise VersionMissing(_("Say which version of the group this change is about."))
    if row.version != version:
        last = AuditEntry.objects.of(row._meta.label_lower, row.pk).last()
        raise StaleVersion(
            _("%(who)s changed the group meanwhile: look at it again, then change it.")
            % {"who": last.username if last and last.username else _("The system")},
            facts={"version": row.version, "seen": version},
        )
    return row


def _changed(
    row: DepartmentGroup, *, by: User | None, detail: dict[str, Any] | None = None
) -> DepartmentGroup:
    row.version += 1
    row.save()
    if detail:
        _audit(row, by=by, detail=detail, verb="change_group")
    return row


def _audit(group: DepartmentGroup, *, verb: str, by: User | None, detail: dict[str, Any]) -> None:
    audit.record(group, verb=verb, by=by, detail=detail)
