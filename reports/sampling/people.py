"""Invented people who did what the history says; nobody can sign in as one of them."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from accounts.models import Department, Role, User


class People:
    """An officer and a reviewer of each department, and one coordinator."""

    def __init__(self) -> None:
        departments = Department.objects.all()
        wanted = [
            *(self._user(role, d) for d in departments for role in (Role.OFFICER, Role.REVIEWER)),
            self._user(Role.COORDINATOR, None),
        ]
        present = set(User.objects.values_list("username", flat=True))
        missing = [user for user in wanted if user.username not in present]
        User.objects.bulk_create(missing)
        rows = User.objects.filter(username__in=[user.username for user in wanted])
        keys: dict[tuple[str, int | None], int] = {
            (role, department): pk
            for pk, role, department in rows.values_list("pk", "role", "department_id")
        }
        self._keys = keys
        self.coordinator = keys[Role.COORDINATOR, None]

    def officer(self, department: Department) -> int:
        return self._keys[Role.OFFICER, department.pk]

    def reviewer(self, department: Department) -> int:
        return self._keys[Role.REVIEWER, department.pk]

    @staticmethod
    def _user(role: Role, department: Department | None) -> User:
        number = department.pk if department else 0
        return User(
            username=f"sample-{role}-{number}",
            password=make_password(None),
            last_name="【示例】",
            role=role,
            department=department,
            is_active=False,
        )
