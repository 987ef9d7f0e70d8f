"""The demonstration's accounts, and invented people of the other departments."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import audit
from accounts.models import Department, Role, User

BUREAU = "省数据管理局"
_MAIN, _SECOND = "省人力资源和社会保障厅", "省市场监督管理局"
# User name, role, department, display name.
ACCOUNTS = (
    ("coordinator", Role.COORDINATOR, BUREAU, "示例统筹甲"),
    ("coordinator2", Role.COORDINATOR, BUREAU, "示例统筹乙"),
    ("officer", Role.OFFICER, _MAIN, "示例填报甲"),
    ("reviewer", Role.REVIEWER, _MAIN, "示例审签甲"),
    ("officer2", Role.OFFICER, _SECOND, "示例填报乙"),
    ("leader", Role.LEADER, BUREAU, "示例领导"),
    ("auditor", Role.AUDITOR, None, "示例审计员"),
    ("secadmin", Role.SECURITY_ADMINISTRATOR, None, "示例安全员"),
    ("sysadmin", Role.SYSTEM_ADMINISTRATOR, None, "示例系统员"),
)


@transaction.atomic
def open_accounts(password: str) -> list[str]:
    """Make the accounts that are missing, all with one password; returns their names."""
    present = set(User.objects.values_list("username", flat=True))
    departments = {department.name: department for department in Department.objects.all()}
    hashed = make_password(password)
    made = []
    for username, role, place, name in ACCOUNTS:
        if username in present:
            continue
        user = User.objects.create(
            username=username,
            password=hashed,
            role=role,
            department=departments[place] if place else None,
            first_name=name,
        )
        audit.record(user, verb="register_account", by=None, department_id=user.department_id)
        made.append(username)
    return made


class Staff:
    """Who acts for a department: the demonstration's accounts, else invented people.

    The invented ones are closed and without password; nobody can sign in as one of them.
    """

    def __init__(self) -> None:
        accounts = {user.username: user for user in User.objects.select_related("department")}
        self.coordinator, self.second_coordinator = (
            accounts["coordinator"],
            accounts["coordinator2"],
        )
        self._acting = {
            (user.role, user.department_id): user
            for user in (accounts["officer"], accounts["reviewer"], accounts["officer2"])
        }

    def acting(self, username: str) -> User:
        """One of the demonstration's accounts that act for a department."""
        return next(user for user in self._acting.values() if user.username == username)

    def officer(self, department: Department) -> User:
        return self._of(Role.OFFICER, department)

    def reviewer(self, department: Department) -> User:
        return self._of(Role.REVIEWER, department)

    def decider(self, department: Department) -> User:
        """Of the coordinators' own bureau the second coordinator decides."""
        return self.second_coordinator if department.name == BUREAU else self.coordinator

    def _of(self, role: Role, department: Department) -> User:
        if (role, department.pk) not in self._acting:
            user, _made = User.objects.get_or_create(
                username=f"demo-{role}-{department.pk}",
                defaults={
                    "password": make_password(None),
                    "role": role,
                    "department": department,
                    "first_name": _shown_name(department, role),
                    "is_active": False,
                },
            )
            user.is_active = True  # for what they did in the past; never saved
            self._acting[role, department.pk] = user
        return self._acting[role, department.pk]


def _shown_name(department: Department, role: Role) -> str:
    word = "审签员" if role == Role.REVIEWER else "填报员"
    prefix = "" if department.short_name.startswith("示例") else "示例"
    return f"{prefix}{department.short_name}{word}"
