"""The pages of report plans: made, changed, ended, looked at; who read a report and who did not."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role
from jobs import running
from reports import planned, plans, publishing, receipts
from reports.models import ReportPlan, ReportReceipt
from reports.rhythm import Rule
from reports.scopes import Scope

pytestmark = pytest.mark.django_db

D = dt.date
START, DUE = D(2026, 9, 1), D(2026, 9, 3)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(dt.datetime(2026, 9, 3, 1, tzinfo=dt.UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def plan(owe, police, coordinator, leader):
    owe(police, status="issued")
    return plans.make(
        Scope(),
        rule=Rule("month", 3),
        recipients=[leader],
        active_from=START,
        by=coordinator,
        on=START,
    )


@pytest.fixture
def row(plan):
    [row] = planned.settle(on=DUE)
    assert running.perform(row.job_id)
    row.refresh_from_db()
    return row


@pytest.fixture
def publish(coordinator, make_user, bureau):
    def act(row):
        second = make_user("coordinator2", Role.COORDINATOR, department=bureau)
        publishing.review(row.snapshot, by=coordinator, on=DUE)
        publishing.publish(row.snapshot, by=second, on=DUE)

    return act


@pytest.fixture
def published(row, publish):
    """Published, and sent by that."""
    publish(row)
    return row


def said(**more):
    filled = {"about": "own", "rhythm": "month", "number": 3, "counted": "start"}
    return {**filled, "reported": "period_end", "active_from": "2026-09-03", **more}


def test_a_plan_is_made_on_the_page_and_shows_its_next_six_days(signed_in, coordinator, leader):
    answer = signed_in(coordinator).post(
        reverse("reports:new-plan"), said(recipients=[leader.pk]), follow=True
    )

    made = ReportPlan.objects.get()
    assert (made.rule, list(made.recipients.all())) == (Rule("month", 3), [leader])
    page = answer.text
    for words in ("全省 月调度", "期满后第3个工作日", "2026-10-10", "星期六", "2027-01-06", "暂定"):
        assert words in page
    assert len(answer.context["coming"]) == 6


def test_the_blank_form_shows_the_next_days_of_what_it_proposes(signed_in, coordinator):
    page = signed_in(coordinator).get(reverse("reports:new-plan")).text
    assert page.count("反映截至2026-") >= 4


def test_a_plan_of_a_list_is_made_on_the_page_and_named_by_it(
    signed_in, coordinator, sharing_list, owe, police
):
    owe(police, status="issued")
    client, address = signed_in(coordinator), reverse("reports:new-plan")
    assert f"list:{sharing_list.pk}" in client.get(address).text

    page = client.post(address, said(matter=f"list:{sharing_list.pk}"), follow=True)

    assert ReportPlan.objects.get().scope == Scope(on_list=sharing_list)
    assert f"全省《{sharing_list.title}》 月调度" in page.text
    assert f"全省《{sharing_list.title}》 月调度" in client.get(reverse("reports:plans")).text


def test_the_preview_follows_the_form_before_anything_is_saved(signed_in, coordinator, plan):
    client, address = signed_in(coordinator), reverse("reports:plan-preview")

    page = client.get(address, said(rhythm="year", number=1)).text
    assert "2027-01-04" in page
    assert "暂定" in page
    assert "2026-10-08" in client.get(address, said(plan=plan.pk, number=1)).text
    assert "规则填写完整后" in client.get(address, said(number="")).text
    assert ReportPlan.objects.count() == 1


def test_counted_back_from_the_end_it_reports_the_day_before(signed_in, coordinator):
    signed_in(coordinator).post(reverse("reports:new-plan"), said(counted="end"))

    assert ReportPlan.objects.get().rule == Rule("month", 3, True, "day_before")


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"number": 16}, 422, "15"),
        ({"about": "department-999"}, 422, "有效"),
        ({"matter": "list:999"}, 422, "有效"),
        ({"matter": "batch:x"}, 422, "有效"),
        ({"active_from": "2026-09-02"}, 409, "今日或之后"),
    ],
)
def test_what_cannot_be_is_said_on_the_form(signed_in, coordinator, wrong, status, words):
    answer = signed_in(coordinator).post(reverse("reports:new-plan"), said(**wrong))

    assert answer.status_code == status
    assert words in answer.text
    assert not ReportPlan.objects.exists()


def test_a_plan_is_changed_with_its_version_alone(signed_in, coordinator, plan):
    client, address = signed_in(coordinator), reverse("reports:change-plan", args=[plan.pk])
    change = said(number=5)

    assert client.post(address, change).status_code == 428
    assert client.post(address, {**change, "version": 9}).status_code == 409
    assert client.post(address, {**change, "version": 1}).status_code == 302
    plan.refresh_from_db()
    assert (plan.number, plan.version, plan.recipients.count()) == (5, 2, 0)


def test_a_plan_is_ended_with_its_version_alone(signed_in, coordinator, plan):
    client, address = signed_in(coordinator), reverse("reports:end-plan", args=[plan.pk])

    assert client.post(address).status_code == 428
    assert client.post(address, {"version": 9}).status_code == 409
    assert "已于2026-09-03终止" in client.post(address, {"version": 1}, follow=True).text


def test_another_scopes_plan_does_not_exist(signed_in, make_user, bureau, city, row):
    far = signed_in(make_user("far", Role.COORDINATOR, department=bureau, region=city))

    for name, key in (("plan", row.plan_id), ("change-plan", row.plan_id), ("planned", row.pk)):
        assert far.get(reverse(f"reports:{name}", args=[key])).status_code == 404
    for name, key in (("end-plan", row.plan_id), ("deliver", row.pk)):
        answer = far.post(reverse(f"reports:{name}", args=[key]), {"version": 1})
        assert answer.status_code == 404
    assert far.get(reverse("reports:plan-preview"), {"plan": row.plan_id}).status_code == 404
    assert "全省 月调度" not in far.get(reverse("reports:plans")).text


def test_the_leader_reads_plans_and_changes_none(signed_in, leader, row):
    client = signed_in(leader)

    page = client.get(reverse("reports:plan", args=[row.plan_id])).text
    assert "2026-08" in page
    assert reverse("reports:end-plan", args=[row.plan_id]) not in page
    assert client.post(reverse("reports:end-plan", args=[row.plan_id])).status_code == 403


def test_the_page_of_a_period_says_who_read_it_and_who_did_not(
    signed_in, coordinator, leader, make_user, bureau, published
):
    other = make_user("other", Role.LEADER, department=bureau)
    published.plan.recipients.add(other)
    client, address = signed_in(coordinator), reverse("reports:planned", args=[published.pk])

    assert "未阅" in client.get(address).text
    receipts.opened(published.snapshot, leader)
    page = client.get(address).text
    assert "已阅" in page
    assert "尚未发送" in page
    client.post(reverse("reports:deliver", args=[published.pk]))
    assert ReportReceipt.objects.filter(user=other, withheld="").exists()
    assert reverse("reports:deliver", args=[published.pk]) not in client.get(address).text


def test_what_is_not_published_is_not_sent(signed_in, coordinator, row):
    client = signed_in(coordinator)

    assert client.post(reverse("reports:deliver", args=[row.pk])).status_code == 409
    assert "待审核发布" in client.get(reverse("reports:planned", args=[row.pk])).text


def test_the_page_of_a_period_leads_to_the_report_for_whom_it_is_there(
    signed_in, coordinator, leader, row, publish
):
    address = reverse("reports:planned", args=[row.pk])
    report = reverse("reports:detail", args=[row.snapshot.reports.get().pk])

    assert report in signed_in(coordinator).get(address).text
    assert report not in signed_in(leader).get(address).text
    publish(row)
    assert report in signed_in(leader).get(address).text


def test_everybody_finds_what_was_sent_to_them(signed_in, leader, officer, published):
    page = signed_in(leader).get(reverse("reports:received")).text

    assert "全省 月调度 2026-08" in page
    assert reverse("reports:detail", args=[published.snapshot.reports.get().pk]) in page
    assert "全省 月调度" not in signed_in(officer).get(reverse("reports:received")).text


def test_who_may_not_read_the_report_any_more_does_not_find_it(
    signed_in, leader, police, published
):
    leader.role, leader.department = Role.OFFICER, police
    leader.save()

    assert "全省 月调度" not in signed_in(leader).get(reverse("reports:received")).text


def test_a_page_takes_no_more_queries_of_many_plans_and_periods(
    signed_in, coordinator, plan, make_department, owe, clock
):
    client = signed_in(coordinator)

    def taken():
        found = {}
        for address in (reverse("reports:plans"), reverse("reports:plan", args=[plan.pk])):
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found[address] = len(captured)
        return found

    planned.settle(on=DUE)
    few = taken()
    for number in range(10):
        body = make_department(f"示例部门{number}")
        owe(body, status="issued")
        plans.make(
            Scope(department=body),
            rule=Rule("quarter", 3),
            recipients=[],
            active_from=DUE,
            by=coordinator,
            on=DUE,
        )
    planned.settle(on=D(2027, 6, 1))

    assert taken() == few
    assert max(few.values()) <= 21
