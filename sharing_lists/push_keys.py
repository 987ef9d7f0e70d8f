"""Keys with which a department's systems sign receipts: made, rotated, revoked; shown once."""

from __future__ import annotations

import datetime as dt
import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import Department, Level, Role, User
from obligations.channels import sealing
from sharing_lists.models import PushKey

# So long a system may still sign with the key that was replaced.
OVERLAP_DAYS = 7


@transaction.atomic
def make(department: Department, *, system: str, by: User) -> tuple[PushKey, str]:
    """A key for one system of a department, and its secret, which is not shown again."""
    _require_may(department, by=by)
    system = " ".join(system.split())
    if not 1 <= len(system) <= 100:
        raise RuleViolation(_("Name the system in 1 to 100 characters."))
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    standing = PushKey.objects.filter(department=department, system=system)
    if standing.filter(expires_at=None, revoked_at=None).exists():
        raise RuleViolation(_("“%(system)s” has a key already: rotate it.") % {"system": system})
    made, secret = _make(department, system, by=by)
    _record(made, verb="make_push_key", by=by)
    return made, secret


@transaction.atomic
def rotate(key: PushKey, *, by: User, overlap_days: int = OVERLAP_DAYS) -> tuple[PushKey, str]:
    """A new key in the place of one; the old one is accepted for some days more."""
    row = _locked(key, by=by)
    if row.expires_at is not None:
        raise RuleViolation(_("This key has been replaced already."))
    row.expires_at = timezone.now() + dt.timedelta(days=overlap_days)
    row.save(update_fields=["expires_at"])
    made, secret = _make(row.department, row.system, by=by)
    _record(made, verb="rotate_push_key", by=by, replaces=row.code)
    return made, secret


@transaction.atomic
def revoke(key: PushKey, *, by: User) -> None:
    """Refuse the key from now on."""
    row = _locked(key, by=by)
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    _record(row, verb="revoke_push_key", by=by)


def secret_of(key: PushKey) -> bytes:
    """What receipts are signed with; raises sealing.Unreadable."""
    return sealing.unseal(key.sealed, purpose=sealing.PUSH)["secret"].encode()


def _make(department: Department, system: str, *, by: User) -> tuple[PushKey, str]:
    secret = secrets.token_urlsafe(32)
    made = PushKey.objects.create(
        department=department,
        system=system,
        code=f"QDK{secrets.token_hex(8)}",
        sealed=sealing.seal({"secret": secret}, purpose=sealing.PUSH),
        created_by=by,
    )
    return made, secret


def _locked(key: PushKey, *, by: User) -> PushKey:
    row = PushKey.objects.select_for_update(of=("self",)).select_related("department")
    held = row.get(pk=key.pk)
    _require_may(held.department, by=by)
    if held.revoked_at is not None:
        raise RuleViolation(_("This key was revoked: make a new one."))
    return held


def _require_may(department: Department, *, by: User) -> None:
    permissions.require(by, "keep_push_keys")
    if department.level == Level.CENTRAL:
        raise RuleViolation(_("A central body is no user here: its systems sign nothing."))
    if by.role == Role.OFFICER and by.department_id != department.pk:
        raise PermissionDenied(_("This belongs to another department."))
    if by.region_id is not None and by.region_id != department.region_id:
        raise PermissionDenied(_("This lies outside your region."))


def _record(key: PushKey, *, verb: str, by: User, **more: object) -> None:
    detail = {"system": key.system, "code": key.code, **more}
    audit.record(key, verb=verb, by=by, detail=detail, department_id=key.department_id)
