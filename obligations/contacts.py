"""责任处室, 责任人, 联系电话: the department names them once, an obligation may name others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import Department, User
from obligations.changing import entry, watched
from obligations.chunks import chunks
from obligations.models import DepartmentContact, Obligation


def fill(rows: Sequence[Obligation]) -> None:
    """Put the department's usual contact into obligations that name nobody; not saved."""
    owing = {row.department_id for row in rows}
    usual = DepartmentContact.objects.in_bulk(list(owing))
    for row in rows:
        if row.department_id in usual and not any(_named(row)):
            _put(row, usual[row.department_id])


@transaction.atomic
def keep(
    department: Department,
    *,
    by: User,
    on: dt.date,
    version: int,
    office: str = "",
    name: str = "",
    phone: str = "",
) -> int:
    """Name the usual contact. Open obligations that carry the former one, or none, follow;
    those that name others stay as they are. Returns how many followed."""
    permissions.require(by, "keep_contact")
    if by.department_id != department.pk:
        raise RuleViolation(_("A department names its own contact only."))
    DepartmentContact.objects.get_or_create(department=department)
    row = DepartmentContact.objects.select_for_update().get(department=department)
    _require_version(row, version)
    before = row.parts
    row.office, row.name, row.phone = office.strip(), name.strip(), phone.strip()
    row.version, row.changed_by = row.version + 1, by
    row.save()
    changes = {"contact": ["/".join(before), "/".join(row.parts)]}
    detail = {"on": on.isoformat(), "changes": changes}
    audit.record(department, verb="keep_contact", by=by, detail=detail, department_id=department.pk)
    return _follow(row, before, by=by, on=on)


def _follow(
    usual: DepartmentContact, before: tuple[str, str, str], *, by: User, on: dt.date
) -> int:
    own = Obligation.objects.filter(department=usual.department_id).open()
    unnamed = Q(contact_office="", contact_name="", contact_phone="")
    office, name, phone = before
    former = Q(contact_office=office, contact_name=name, contact_phone=phone)
    rows = list(own.filter(unnamed | former).select_for_update(of=("self",)).order_by("pk"))
    changed = [row for row in rows if _named(row) != usual.parts]
    facts = {row.pk: watched(row) for row in changed}
    for part in chunks(changed):
        ids = [row.pk for row in part]
        Obligation.objects.filter(pk__in=ids).update(
            contact_office=usual.office,
            contact_name=usual.name,
            contact_phone=usual.phone,
            version=F("version") + 1,
        )
    for row in changed:
        _put(row, usual)
        row.version += 1
    audit.record_many(
        entry(row, verb="keep_contact", by=by, on=on, before=facts[row.pk], said={})
        for row in changed
    )
    return len(changed)


def _require_version(row: DepartmentContact, version: int) -> None:
    if row.version == version:
        return
    who = row.changed_by.display_name if row.changed_by else _("The system")
    raise StaleVersion(
        _("%(who)s changed this meanwhile, %(at)s. Look at the present state first.")
        % {"who": who, "at": timezone.localtime(row.changed_at).strftime("%Y-%m-%d %H:%M")},
        facts={
            "version": row.version,
            "seen": version,
            "changed_by": row.changed_by.username if row.changed_by else "",
        },
    )


def _named(row: Obligation) -> tuple[str, str, str]:
    return row.contact_office, row.contact_name, row.contact_phone


def _put(row: Obligation, usual: DepartmentContact) -> None:
    row.contact_office, row.contact_name, row.contact_phone = usual.parts
