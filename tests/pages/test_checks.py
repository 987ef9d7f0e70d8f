"""The page of checks: which day may be asked for, and what the page says about it."""

import datetime as dt
import html
import re

import pytest
import time_machine

from jobs.models import Job
from obligations import completion, fulfilment
from obligations.models import DepartmentCheck, Obligation
from obligations.today import today

pytestmark = pytest.mark.django_db


def test_a_day_to_come_is_refused_on_the_page_itself(signed_in, coordinator, issued):
    tomorrow = today() + dt.timedelta(days=1)

    answer = signed_in(coordinator).post("/checks/run/", {"on": tomorrow.isoformat()})

    assert answer.status_code == 409
    assert str(answer.context["refusal"]) in answer.text
    assert issued.department.name in answer.text
    assert not Job.objects.filter(kind="obligations.check").exists()


def test_the_field_offers_no_day_to_come(signed_in, coordinator):
    page = signed_in(coordinator).get("/checks/?on=2025-11-20")

    assert f'max="{today().isoformat()}"' in page.text


def behind(client, page, text):
    """How many rows the page's first link with this text leads to."""
    found = re.search(rf'href="(/obligations/[^"]*)"[^>]*>{text}</a>', page.text)
    return client.get(html.unescape(found[1])).context["listing"].total


def test_everybody_who_reads_sees_the_own_part_and_only_coordinators_check(
    signed_in, leader, officer, coordinator, issued, owe, health
):
    owe(health, status="issued")
    fulfilment.check(as_of=today(), today=today())

    for user, departments in ((leader, 2), (officer, 1), (coordinator, 2)):
        page = signed_in(user).get("/checks/")
        assert len(page.context["lines"]) == departments
        assert ("立即检查" in page.text) == (user == coordinator)


def test_a_past_day_shows_what_was_found_then_and_leads_to_those_rows(
    signed_in, coordinator, claimed, endorsed
):
    due_on = endorsed.completed_on - dt.timedelta(days=1)
    Obligation.objects.filter(pk=endorsed.pk).update(due_on=due_on)
    fulfilment.check(as_of=today(), today=today())
    tomorrow = today() + dt.timedelta(days=1)
    with time_machine.travel(dt.datetime.combine(tomorrow, dt.time(4), tzinfo=dt.UTC)):
        Obligation.objects.filter(pk=endorsed.pk).update(due_on=endorsed.completed_on)
        fulfilment.check(as_of=tomorrow, today=tomorrow)
        client = signed_in(coordinator)
        then = client.get("/checks/", {"on": (tomorrow - dt.timedelta(days=1)).isoformat()})
        now = client.get("/checks/")
        counts = [
            {word.value: count for word, count in page.context["checks"][0][2]}
            for page in (then, now)
        ]
        assert [(one["fail"], one["pass"]) for one in counts] == [(1, 0), (0, 1)]
        assert behind(client, then, "1") == 1
        assert "以下事项" in client.get("/obligations/?finding=meets_deadline.fail").text
    assert then.context["lines"][0][1].failed == 1
    assert now.context["lines"][0][1].failed == 0


def test_what_the_coordinator_owes_is_no_failure_of_the_department(
    signed_in, coordinator, endorsed
):
    Obligation.objects.filter(pk=endorsed.pk).update(decide_by=today() - dt.timedelta(days=1))
    fulfilment.check(as_of=today(), today=today())

    checked = DepartmentCheck.objects.get(department=endorsed.department)
    assert (checked.counted, checked.failed) == (1, 0)
    client = signed_in(coordinator)
    found = {
        finding: client.get("/obligations/", {"finding": finding}).context["listing"].total
        for finding in ("any.fail", "decided_in_time.fail")
    }
    assert found == {"any.fail": 0, "decided_in_time.fail": 1}


def test_what_is_not_applicable_is_not_counted(signed_in, coordinator, verified_and_draft):
    fulfilment.check(as_of=today(), today=today())

    assert DepartmentCheck.objects.get().counted == 1


@pytest.fixture
def verified_and_draft(endorsed, owe, police, coordinator):
    completion.verify(endorsed, by=coordinator, on=today())
    owe(police)
    return endorsed
