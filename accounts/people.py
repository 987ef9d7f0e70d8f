"""Accounts of people: the system administrator opens and closes them and grants nothing."""

from __future__ import annotations

import unicodedata

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import RuleViolation
from accounts.models import Department, Region, Role, User


@transaction.atomic
def register(
    username: str,
    *,
    role: str,
    password: str,
    by: User | None,
    department: Department | None = None,
    region: Region | None = None,
    display_name: str = "",
) -> User:
    """Make a whole account at once, for commands; on pages two administrators share the act."""
    require_place(role, department=department)
    user = _new(username, display_name=display_name, department=department)
    user.role, user.region = role, region if role in User.SCOPED else None
    require_good_password(password, user)
    user.set_password(password)
    user.save()
    detail = {"role": ["", role], "region": ["", str(user.region or "")]}
    audit.record(
        user, verb="register_account", by=by, detail=detail, department_id=user.department_id
    )
    return user


@transaction.atomic
def open_account(
    username: str, *, by: User, display_name: str, department: Department | None, phone: str = ""
) -> User:
    """An account without a role and without a password: the security administrator gives both."""
    user = _new(username, display_name=display_name, department=department)
    user.phone = phone
    user.set_unusable_password()
    user.save()
    audit.record(user, verb="open_account", by=by, department_id=user.department_id)
    return user


@transaction.atomic
def change(
    user: User, *, by: User, display_name: str, department: Department | None, phone: str
) -> User:
    """Correct what describes a person; the department only as long as there is no role."""
    locked = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if locked.role and department != locked.department:
        raise RuleViolation(
            _(
                "This account has a role, so its department decides what it may do: the security "
                "administrator changes both together."
            )
        )
    changed = {
        "display_name": [locked.display_name, display_name],
        "department": [str(locked.department or ""), str(department or "")],
        "phone": [locked.phone, phone],
    }
    locked.first_name, locked.last_name = display_name, ""
    locked.department, locked.phone = department, phone
    locked.save(update_fields=["first_name", "last_name", "department", "phone"])
    detail = {field: pair for field, pair in changed.items() if pair[0] != pair[1]}
    audit.record(locked, verb="change_account", by=by, detail=detail)
    return locked


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Close an account; its rows stay, its tokens and sessions are refused from now on."""
    if user.pk == by.pk:
        raise RuleViolation(_("Nobody closes their own account; ask another administrator."))
    require_another(lock_with_administrators(user))
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        audit.record(user, verb="deactivate_account", by=by, department_id=user.department_id)


@transaction.atomic
def activate(user: User, *, by: User) -> None:
    """Open a closed account again, with the role it had."""
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        audit.record(user, verb="activate_account", by=by, department_id=user.department_id)


def lock_with_administrators(user: User) -> User:
    """The account as it is now, locked with all active administrators.

    Always in one order: two acts at once neither leave a role without anybody nor wait in a
    circle.
    """
    wanted = Q(pk=user.pk) | Q(role__in=User.ADMINISTRATORS, is_active=True)
    rows = User.objects.select_for_update(of=("self",)).filter(wanted).order_by("pk")
    return next(row for row in rows if row.pk == user.pk)


def require_another(user: User) -> None:
    """Refuse to lose the last active account with this administrator's role."""
    if user.role not in User.ADMINISTRATORS or not user.is_active:
        return
    if not User.objects.filter(role=user.role, is_active=True).exclude(pk=user.pk).exists():
        raise RuleViolation(
            _("This is the last active account of its role; open another one first.")
        )


def require_place(role: str, *, department: Department | None) -> None:
    """Officers and reviewers act for a department; nobody acts for a central body."""
    if role not in Role.values:
        raise RuleViolation(_("Choose one of the roles."))
    if role in User.OF_A_DEPARTMENT and department is None:
        raise RuleViolation(_("An officer or reviewer needs a department; choose one."))
    if department is not None and department.is_central:
        raise RuleViolation(_("People of central bodies do not sign in; choose another one."))


def require_good_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleViolation(" ".join(error.messages)) from error


def _new(username: str, *, display_name: str, department: Department | None) -> User:
    name = unicodedata.normalize("NFKC", username.strip())
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise RuleViolation(" ".join(error.messages)) from error
    if len(name) > 150 or len(display_name) > 150:
        raise RuleViolation(_("A user name has at most 150 characters; choose a shorter one."))
    # Differing only in case is refused, because sign-in attempts of both would share one count.
    if User.objects.filter(username__iexact=name).exists():
        sentence = _("There is already an account “%(name)s”; choose another name.")
        raise RuleViolation(sentence % {"name": name})
    return User(username=name, first_name=display_name, department=department)
