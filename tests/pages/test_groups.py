"""The pages of groups: the province's coordinators keep them, a city's read."""

import datetime as dt

import pytest

from accounts import groups
from accounts.models import DepartmentGroup
from obligations.today import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(coordinator):
    return groups.make("市直相关部门", kind="group", rule="listed", by=coordinator)


@pytest.fixture
def client(signed_in, coordinator):
    return signed_in(coordinator)


def test_a_group_is_made_named_and_filled(client, police, health):
    made = client.post(
        "/groups/", {"name": "数据共享协调机制", "kind": "mechanism", "rule": "listed"}
    )
    group = DepartmentGroup.objects.get()
    assert made["Location"] == f"/groups/{group.pk}/"

    address = f"/groups/{group.pk}"
    client.post(f"{address}/names/", {"version": 1, "name": "协调机制"})
    members = {"version": 2, "departments": [police.pk, health.pk], "valid_from": "2025-01-01"}
    client.post(f"{address}/members/", members)
    last = group.memberships.get(department=police)
    client.post(f"{address}/members/{last.pk}/end/", {"version": 3, "last": "2025-06-30"})

    page = client.get(f"{address}/?on=2025-06-30")
    assert [one.name for one in page.context["members"]] == [police.name, health.name]
    page = client.get(f"{address}/?on=2025-07-01")
    assert [one.name for one in page.context["members"]] == [health.name]
    assert "协调机制" in page.text


def test_the_list_says_how_many_belong_today(client, group, coordinator, police):
    yesterday = today() - dt.timedelta(days=1)
    groups.add_members(
        group, [police], valid_from=None, valid_to=yesterday, by=coordinator, version=1
    )

    assert [(row.name, count) for row, count, _names in client.get("/groups/").context["rows"]] == [
        ("市直相关部门", 0)
    ]


def test_a_name_is_taken_away_and_the_page_says_that_the_group_is_out_of_use(client, group):
    name = group.names.get()

    page = client.post(f"/groups/{group.pk}/names/{name.pk}/drop/", {"version": 1}, follow=True)

    assert "该组已无名称" in page.text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("", {"name": "省公安厅", "kind": "group", "rule": "listed"}),
        ("", {"name": "", "kind": "group", "rule": "listed"}),
        ("names/", {"name": "省公安厅"}),
        ("members/", {}),
        ("members/", {"departments": "999999"}),
        ("members/", {"departments": "{police}", "valid_from": "1999-01-01"}),
    ],
)
def test_what_is_refused_is_said_above_its_form(client, group, police, path, form):
    form = {key: value.format(police=police.pk) for key, value in form.items()}

    page = client.post(f"/groups/{group.pk}/{path}", {**form, "version": 1})

    assert page.status_code == 422
    group.refresh_from_db()
    assert group.version == 1


@pytest.mark.parametrize("day", ["", "nonsense", "0001-01-01"])
def test_an_unreadable_day_means_today(client, group, day):
    assert client.get(f"/groups/{group.pk}/?on={day}").context["on"] == today()


def test_a_change_without_version_is_428_and_one_that_came_late_is_refused(client, group):
    form = {"name": "市级相关部门", "kind": "group", "rule": "listed"}

    assert client.post(f"/groups/{group.pk}/", form).status_code == 428
    assert client.post(f"/groups/{group.pk}/", {**form, "version": 9}).status_code == 422
    group.refresh_from_db()
    assert group.name == "市直相关部门"


def test_a_citys_coordinator_reads_and_changes_nothing(signed_in, make_user, city, group, police):
    client = signed_in(make_user("city", "coordinator", region=city))

    page = client.get(f"/groups/{group.pk}/")
    assert "市直相关部门" in page.text
    assert "csrfmiddlewaretoken" not in page.text.split("<main")[1]
    assert (
        client.post("/groups/", {"name": "甲", "kind": "group", "rule": "listed"}).status_code
        == 403
    )
    form = {"version": 1, "departments": police.pk}
    assert client.post(f"/groups/{group.pk}/members/", form).status_code == 403
    assert DepartmentGroup.objects.count() == 1
