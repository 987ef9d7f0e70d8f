"""Checks, findings and indicators over the API."""

import datetime as dt

import pytest

from jobs.models import Job
from obligations import fulfilment

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
