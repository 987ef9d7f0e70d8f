"""The first page of each role."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from obligations import calendars
from obligations.today import today

pytestmark = pytest.mark.django_db


def lines(page):
    return [(one.section.code, one.obligation.pk) for one in page.context["desk"].lines]


def test_the_coordinator_sees_rates_with_both_sides_and_the_queue(signed_in, coordinator, endorsed):
    page = signed_in(coordinator).get("/")

    assert page.context["counts"].total == 1
    assert "已核验 0 / 应计 1" in page.text
    assert [row.pk for row in page.context["to_verify"]] == [endorsed.pk]


def test_a_rate_of_nothing_is_a_dash(signed_in, coordinator):
    page = signed_in(coordinator).get("/")

    assert str(page.context["counts"].completion_rate) == "—"
    assert "还没有可统计的事项" in page.text


def test_drafts_are_offered_for_issuing(signed_in, coordinator, owe, police):
    owe(police)

    page = signed_in(coordinator).get("/")

    assert page.context["draft_count"] == 1
    assert "?scope=own&amp;status=draft" in page.text


def test_an_officer_sees_what_to_accept_and_what_to_do(signed_in, officer, issued):
    page = signed_in(officer).get("/")

    assert lines(page) == [("accept", issued.pk)]


def test_a_reviewer_sees_what_to_endorse(signed_in, reviewer, claimed):
    page = signed_in(reviewer).get("/")

    assert lines(page) == [("endorse", claimed.pk)]


def test_a_department_does_not_see_anothers_rows_on_its_desk(signed_in, officer2, issued):
    page = signed_in(officer2).get("/")

    assert page.context["counts"].total == 0
    assert lines(page) == []
    assert "本部门目前没有待办事项" in page.text


def test_the_leader_sees_the_figures_and_lights_of_every_department(signed_in, leader, issued):
    page = signed_in(leader).get("/")

    assert [line.department for line in page.context["lines"]] == [issued.department]
    assert page.context["chart"]["labels"] == ["省公安厅"]


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("sysadmin", "jobs:operations"),
        ("secadmin", "accounts:grants"),
        ("auditor", "accounts:audit"),
    ],
)
def test_administrators_are_led_to_their_own_pages(request, signed_in, role, address):
    answer = signed_in(request.getfixturevalue(role)).get("/")

    assert answer.status_code == 302
    assert answer.url == reverse(address)


def test_an_account_without_a_role_is_told_whom_to_ask(signed_in, make_user):
    page = signed_in(make_user("nobody", "")).get("/")

    assert "请安全管理员为您授予角色" in page.text


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(client):
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_a_coordinator_sees_since_when_acceptance_is_over(signed_in, coordinator, issued):
    days = calendars.current()
    last = today()
    while days.count(last, today()) < 3:
        last -= dt.timedelta(days=1)
    issued.accept_by = last
    issued.save()

    page = signed_in(coordinator).get("/").text

    assert last.isoformat() in page
    assert "已超 3 个工作日" in page


def test_the_panel_of_reports_says_that_there_is_none(signed_in, leader):
    client = signed_in(leader)
    assert 'hx-get="/reports/"' in client.get("/").text

    panel = client.get("/reports/", headers={"hx-request": "true"})

    assert "还没有报告" in panel.text
    assert "<table" not in panel.text
    assert "<main" not in panel.text


def test_more_is_marked_while_one_of_its_pages_is_looked_at(signed_in, coordinator):
    client = signed_in(coordinator)

    within, elsewhere = client.get("/imports/").text, client.get("/lists/").text

    marked = re.compile(r'aria-current="true"\s+id="nav-apart"')
    assert marked.search(within)
    assert 'id="nav-apart"' in elsewhere
    assert not marked.search(elsewhere)
