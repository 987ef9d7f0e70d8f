"""What the security administrator gives: roles, scopes, fresh passwords, unlocking."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import attempts, audit, people
from accounts.errors import RuleViolation
from accounts.models import ApiToken, AuditEntry, Department, Region, User

# Without 0/O and 1/l/I, because people copy these by hand.
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@transaction.atomic
def grant(
    user: User, *, role: str, department: Department | None, region: Region | None, by: User
) -> User:
    """Set the one role of an account and its scope; an empty role takes the role away."""
    _require_other(user, by)
    locked = people.lock_with_administrators(user)
    if role:
        people.require_place(role, department=department)
        _require_separation(locked, role)
    else:
        people.require_another(locked)
    before = _facts(locked)
    locked.role, locked.department = role, department
    locked.region = region if role in User.SCOPED else None
    locked.save(update_fields=["role", "department", "region"])
    after = _facts(locked)
    detail = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    audit.record(locked, verb="grant_role", by=by, detail=detail, department_id=user.department_id)
    return locked


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """Set a random password and return it, to be shown once; old tokens are revoked."""
    _require_other(user, by)
    password = _one_time_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    attempts.forgive(user.username)
    audit.record(user, verb="reset_password", by=by, department_id=user.department_id)
    return password


@transaction.atomic
def unlock(user: User, *, by: User) -> int:
    """Let the failed sign-in attempts of an account count no more."""
    forgiven = attempts.forgive(user.username)
    audit.record(user, verb="unlock_account", by=by, detail={"attempts": forgiven})
    return forgiven


def _require_other(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise RuleViolation(
            _("Nobody decides on their own account; ask another security administrator.")
        )


def _require_separation(user: User, role: str) -> None:
    """An administrator keeps the role; who had one of the three never gets another of them."""
    if user.role in User.ADMINISTRATORS and role != user.role:
        raise RuleViolation(
            _(
                "An administrator's account keeps its role: the three administrators are never one "
                "person's account. Have a new account opened for the other role."
            )
        )
    if role in User.ADMINISTRATORS and _administered_as(user) - {role}:
        raise RuleViolation(
            _(
                "This account was another administrator before: the three administrators are never "
                "one person's account. Have a new account opened for this role."
            )
        )


def _administered_as(user: User) -> set[str]:
    """The administrators' roles that the account has or, says the audit trail, once had."""
    said = AuditEntry.objects.of(user._meta.label_lower, user.pk).filter(
        verb__in=("register_account", "grant_role")
    )
    roles = {
        role for detail in said.values_list("detail", flat=True) for role in detail.get("role", ())
    }
    return {*roles, user.role} & set(User.ADMINISTRATORS)


def _facts(user: User) -> dict[str, str]:
    place = {"department": str(user.department or ""), "region": str(user.region or "")}
    return {"role": user.role, **place}


def _one_time_password() -> str:
    """Four groups of five letters, 115 bits."""
    groups = ["".join(secrets.choice(_LETTERS) for _letter in range(5)) for _group in range(4)]
    return "-".join(groups)
