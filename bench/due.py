"""What is due at the deadline: officers of several departments, each with rows in their hands."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.hashers import make_password

from accounts.models import Department, Region, Role, User
from bench import database
from obligations import calendars, dispatch
from obligations.models import ListItem, Obligation, ResponsibilityList
from obligations.today import today
from sharing_lists.models import SharingTerms

# Fifty departments, each with what one page of its desk shows.
OFFICERS_OF_A_DEPARTMENT = 4
# Officer -> the obligations that are theirs to claim.
Due = dict[str, list[int]]


def load(*, officers: int, each: int, password: str) -> Due:
    """Issued by a coordinator and accepted by the departments, as in an installation."""
    calendars.seed()
    region = Region.objects.create(name="测速省")
    bureau = Department.objects.create(name="数据管理局", region=region)
    by = User.objects.create_user(
        "deadline-coordinator", password=None, role=Role.COORDINATOR, department=bureau
    )
    home = ResponsibilityList.objects.create(
        kind="sharing", level="province", batch=1, title="【示例】清单"
    )
    hashed = make_password(password)  # Argon2 takes its time: once is enough here
    due: Due = {}
    for start in range(0, officers, OFFICERS_OF_A_DEPARTMENT):
        body = Department.objects.create(name=f"部门{start}", region=region)
        people = User.objects.bulk_create(
            User(username=f"officer{number}", role=Role.OFFICER, department=body, password=hashed)
            for number in range(start, min(start + OFFICERS_OF_A_DEPARTMENT, officers))
        )
        keys = iter(_owed(home, body, len(people) * each, by=by, accepted_by=people[0]))
        due |= {person.username: [next(keys) for _ in range(each)] for person in people}
    database.settle()
    return due


def _owed(
    home: ResponsibilityList, body: Department, count: int, *, by: User, accepted_by: User
) -> list[int]:
    items = ListItem.objects.bulk_create(_items(home, body, count))
    SharingTerms.objects.bulk_create(
        SharingTerms(item=item, data_items="名称、代码") for item in items
    )
    Obligation.objects.bulk_create(
        Obligation(
            item=item,
            department=body,
            duty="supply",
            raised_on=today(),
            due_on=today(),
            original_due_on=today(),
        )
        for item in items
    )
    rows = Obligation.objects.filter(department=body)
    dispatch.issue_many(rows, by=by, on=today())
    dispatch.accept_many(rows, by=accepted_by, on=today())
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _items(home: ResponsibilityList, body: Department, count: int) -> Iterator[ListItem]:
    for number in range(count):
        yield ListItem(
            list=home,
            serial=str(number + 1),
            position=number,
            title=f"【示例】数据资源{number}",
            body=body,
            deadline_kind="date",
            deadline_on=today(),
            identity_hash=f"{body.pk}-{number}",
            row_hash=f"{body.pk}-{number}",
        )
