"""Checks, findings and indicators over the API."""

import datetime as dt

import pytest

from accounts.models import AuditEntry
from jobs import queue, running
from jobs.models import Job
from obligations import fulfilment
from obligations.models import DepartmentCheck

CHECKS = "/api/v1/checks/"
TODAY = dt.date(2025, 9, 1)


def check(on=TODAY):
    fulfilment.check(as_of=on, today=TODAY)


def test_a_check_is_one_job_however_often_it_is_asked_for(coordinating):
    first = coordinating.post(CHECKS, {"on": "2025-08-31"})
    again = coordinating.post(CHECKS, {"on": "2025-08-31"})
    today = coordinating.post(CHECKS)

    assert (first.status_code, again.status_code, today.status_code) == (202, 202, 202)
    assert first.json()["job"]["id"] == again.json()["job"]["id"] != today.json()["job"]["id"]
    assert first["Location"] == f"/api/v1/jobs/{first.json()['job']['id']}/"
    assert Job.objects.filter(kind="obligations.check").count() == 2


def test_each_persons_check_is_a_job_that_the_person_may_follow(
    coordinating, city_coordinator, program_of
):
    in_the_city = program_of(city_coordinator)
    first = coordinating.post(CHECKS).json()["job"]["id"]
    second = in_the_city.post(CHECKS).json()["job"]["id"]

    assert in_the_city.get(f"/api/v1/jobs/{second}/").status_code == 200
    assert in_the_city.get(f"/api/v1/jobs/{first}/").status_code == 404


@pytest.mark.parametrize("own", [True, False])
def test_a_job_tells_no_figures_of_the_province(
    claimed, city_coordinator, program_of, sysadmin, own
):
    job = queue.enqueue("obligations.check", by=city_coordinator if own else None)
    running.perform(job.pk)

    told = program_of(city_coordinator if own else sysadmin).get(f"/api/v1/jobs/{job.pk}/").json()
    assert told["state"] == "done"
    assert told["result"].pop("message") == "2025-09-01 的履行情况检查已完成。"
    assert told["result"] == ({"url": "/checks/?on=2025-09-01"} if own else {})
    assert AuditEntry.objects.get(verb="check_fulfilment").detail["judged"] == 1


def test_what_broke_off_is_told_in_plain_words(filling, in_progress, police, client, coordinator):
    raw = "division by zero near 10.0.0.5"
    DepartmentCheck.objects.create(department=police, day=TODAY, checked=False, error=raw)

    [line] = filling.get(CHECKS).json()["departments"]
    client.force_login(coordinator)
    page = client.get("/checks/", {"on": TODAY}).content.decode()

    for told in (line["error"], page):
        assert "系统管理员" in told
        assert "division" not in told


def test_a_day_to_come_cannot_be_checked(coordinating):
    assert coordinating.post(CHECKS, {"on": "2025-09-02"}).status_code == 409
    assert not Job.objects.exists()


def test_each_department_is_named_whether_it_was_checked_or_not(
    coordinating, filling, in_progress, owe, police, health
):
    check()
    owe(health, status="issued")

    lines = coordinating.get(CHECKS).json()["departments"]
    assert [(line["department"]["name"], line["checked"], line["counted"]) for line in lines] == [
        ("省公安厅", True, 1),
        ("省卫生健康委员会", False, None),
    ]
    own = filling.get(f"{CHECKS}?on=2025-08-31").json()
    assert own["on"] == "2025-08-31"
    assert [(line["department"]["id"], line["checked"]) for line in own["departments"]] == [
        (police.pk, False)
    ]


def test_findings_say_what_was_found_and_where_the_rule_stands(coordinating, verified):
    check()
    found = coordinating.get(f"/api/v1/findings/?obligation={verified.pk}").json()["results"]
    by_check = {one["check"]: one for one in found}

    assert by_check["names_its_catalogue_entry"]["outcome"] == "fail"
    assert by_check["meets_deadline"]["outcome"] == "pass"
    assert by_check["meets_deadline"]["sentence"]
    assert by_check["meets_deadline"]["source"]
    failing = coordinating.get("/api/v1/findings/?outcome=fail").json()["results"]
    assert [one["check"] for one in failing] == ["names_its_catalogue_entry"]
    assert coordinating.get("/api/v1/findings/?on=2025-08-31").json()["results"] == []


def test_findings_of_others_are_not_shown(program_of, officer2, verified):
    check()

    assert program_of(officer2).get("/api/v1/findings/").json()["results"] == []


def test_indicators_show_both_parts_of_a_rate_and_null_for_none(
    coordinating, verified, owe, police, health, make_item
):
    owe(police, status="issued", item=make_item(police, scenes="、新生儿出生、企业开办、"))
    owe(health, status="draft")

    answer = coordinating.get("/api/v1/indicators/?by=department").json()

    assert answer["whole"]["completion_rate"] == {
        "numerator": 1,
        "denominator": 2,
        "percent": "50.0",
    }
    assert answer["whole"]["on_time_rate"]["percent"] is None
    by_name = {group["name"]: group for group in answer["groups"]}
    assert by_name["省公安厅"]["completion_rate"]["denominator"] == 2
    assert by_name["省卫生健康委员会"]["completion_rate"] == {
        "numerator": 0,
        "denominator": 0,
        "percent": None,
    }
    scenes = coordinating.get("/api/v1/indicators/?by=scene").json()["groups"]
    assert [(one["key"], one["counts"]["applicable"]) for one in scenes] == [
        ("企业开办", 1),
        ("新生儿出生", 1),
    ]
    [one] = coordinating.get("/api/v1/indicators/?by=list").json()["groups"]
    assert one["counts"]["total"] == 3


def test_indicators_of_a_past_day_are_of_that_day(coordinating, verified):
    def rate(on):
        answer = coordinating.get(f"/api/v1/indicators/?on={on}").json()
        return answer["whole"]["completion_rate"]

    assert rate("2025-08-21") == {"numerator": 0, "denominator": 1, "percent": "0.0"}
    assert rate("2025-08-22") == {"numerator": 1, "denominator": 1, "percent": "100.0"}


@pytest.mark.parametrize("query", ["on=2025-09-02", "on=1999-01-01", "on=x", "by=week", "of=x"])
def test_indicators_refuse_what_they_do_not_understand(coordinating, query):
    assert coordinating.get(f"/api/v1/indicators/?{query}").status_code == 400


def test_indicators_count_what_the_user_may_see(program_of, officer2, verified):
    answer = program_of(officer2).get("/api/v1/indicators/").json()

    assert answer["whole"]["counts"]["total"] == 0
