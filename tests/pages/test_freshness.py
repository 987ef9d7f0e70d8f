"""Every page of figures greys what was not checked, and says since when; so does the API."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from jobs import schedule
from obligations.models import DepartmentCheck, DepartmentDay
from obligations.today import today

pytestmark = pytest.mark.django_db
PAGES = [
    ("coordinator", "/"),
    ("leader", "/"),
    ("officer", "/"),
    ("reviewer", "/"),
    ("coordinator", "/obligations/"),
    ("officer", "/obligations/"),
    ("coordinator", "/lists/"),
    ("coordinator", "/lists/{list}/"),
    ("coordinator", "/indicators/"),
    ("coordinator", "/indicators/?by=list"),
    ("coordinator", "/checks/"),
    ("leader", "/indicators/trends/"),
    ("coordinator", "/indicators/scores/"),
    ("officer", "/indicators/scores/departments/{department}/"),
]
DAYS = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def nights(monkeypatch, issued, police):
    """Installed ten days ago; the department was checked until five days ago."""
    ten_days_ago = schedule.timezone.now() - 10 * DAYS
    monkeypatch.setattr(schedule._Installation, "at", ten_days_ago)
    check(police, today() - 5 * DAYS)
    _total(police, today() - 5 * DAYS)


def check(department, on, *, checked=True):
    DepartmentCheck.objects.create(department=department, day=on, checked=checked)


def _total(department, on):
    counts = ("total", "applicable", "verified", "on_time", "fell_due", "red", "yellow")
    counts += ("blue", "green", "purple", "grey")
    row = department.obligations.first()
    facts = {"list_id": row.item.list_id, "department": department, "day": on}
    DepartmentDay.objects.create(**facts, **dict.fromkeys(counts, 1))


@pytest.fixture
def said(request, signed_in, sharing_list, police):
    """said(role, address): the page."""

    def read(role, address):
        address = address.format(list=sharing_list.pk, department=police.pk)
        answer = signed_in(request.getfixturevalue(role)).get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return read


@pytest.mark.parametrize(("role", "address"), PAGES)
def test_a_page_of_figures_says_since_when_they_are_not_checked(said, role, address):
    assert f"未检查，自 {today() - 4 * DAYS:%Y-%m-%d}" in said(role, address)


@pytest.mark.parametrize(("role", "address"), PAGES)
def test_it_says_nothing_where_the_night_was_checked(said, police, role, address):
    check(police, today())
    page = said(role, address)
    assert "未检查，自" not in page
    assert "stale" not in page


@pytest.mark.parametrize("address", ["/", "/indicators/", "/lists/{list}/"])
def test_the_figures_themselves_are_greyed(said, address):
    assert "stale" in said("coordinator", address)


@pytest.mark.parametrize("address", ["/", "/indicators/", "/indicators/scores/"])
def test_one_departments_fault_greys_its_own_row(said, owe, police, health, address):
    other = owe(health, on=today() - 7 * DAYS)
    type(other).objects.filter(pk=other.pk).update(status="issued")
    check(police, today())
    check(health, today() - DAYS, checked=False)
    check(health, today(), checked=False)
    page = said("coordinator", address)
    assert f"{health.name}：未检查，自 {today() - DAYS:%Y-%m-%d}" in page
    assert page.count('<tr class="stale">') == (1 if "scores" in address else 2)  # and the total


def test_a_day_of_a_trend_says_whose_totals_it_lacks(said, health):
    check(health, today() - 5 * DAYS, checked=False)
    assert "不含未检查的 1 个部门" in said("leader", "/indicators/trends/")


def test_a_past_day_that_was_checked_is_as_it_was(said):
    on = today() - 5 * DAYS
    assert "未检查" not in said("coordinator", f"/indicators/?on={on}")


# The API


@pytest.fixture
def told(coordinator):
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(coordinator, by=None)}")
    return lambda address: program.get(f"/api/v1{address}").json()


def test_the_api_says_it_of_the_whole_and_of_each_group(told, police):
    since = f"{today() - 4 * DAYS}"
    found = told("/indicators/?by=department")
    assert found["unchecked_since"] == since
    assert [one["unchecked_since"] for one in found["groups"]] == [since]
    assert told("/scores/")["departments"][0]["unchecked_since"] == since
    assert told("/checks/")["departments"][0]["unchecked_since"] == since
    check(police, today())
    assert told("/indicators/?by=department")["unchecked_since"] is None
    assert told("/scores/")["departments"][0]["unchecked_since"] is None


def test_the_api_names_departments_that_stay_behind(told, owe, police, health):
    owe(health)
    check(police, today())
    check(health, today(), checked=False)
    found = told("/indicators/?by=department")
    assert found["unchecked_since"] is None
    behind = [
        {
            "department": {"id": health.pk, "name": health.name},
            "unchecked_since": f"{today()}",
        }
    ]
    assert found["unchecked_departments"] == behind
