"""The verbs over the API: versions, bodies, refusals, and the whole way to 核验."""

import datetime as dt

import pytest

from accounts.models import AuditEntry
from obligations import blocks, dispatch
from obligations.models import Block, Obligation, Status


def url(obligation, verb):
    return f"/api/v1/obligations/{obligation.pk}/{verb}/"


def chosen(*rows):
    return {"rows": [{"id": row.pk, "version": row.version} for row in rows]}


def fresh(obligation):
    obligation.refresh_from_db()
    return obligation


def test_from_draft_to_verified_with_the_version_of_each_answer(
    owe, police, coordinating, filling, reviewing
):
    row = owe(police)
    claim = {"note": "接口已上线", "evidence": [{"kind": "interface", "text": "JK-1"}]}
    steps = [
        (coordinating, "issue", {}),
        (filling, "accept", {}),
        (filling, "claim", claim),
        (reviewing, "endorse", {}),
        (coordinating, "verify", {}),
    ]
    tag = coordinating.get(f"/api/v1/obligations/{row.pk}/")["ETag"]
    for program, verb, body in steps:
        answer = program.post(url(row, verb), body, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.content
        tag = answer["ETag"]
        assert tag == f'"{answer.json()["version"]}"'

    assert fresh(row).status == Status.VERIFIED
    assert row.completed_on == dt.date(2025, 9, 1)
    assert [one["kind"] for one in answer.json()["evidence"]] == ["interface"]


def test_the_version_may_stand_in_the_body(filling, claimed):
    body = {"version": claimed.version}

    assert filling.post(url(claimed, "withdraw_claim"), body).status_code == 200
    assert fresh(claimed).status == Status.IN_PROGRESS


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
def test_a_write_without_a_version_is_428(reviewing, claimed, headers):
    answer = reviewing.post(url(claimed, "endorse"), {}, headers=headers)

    assert answer.status_code == 428
    assert answer.json()["code"] == "version_missing"
    assert fresh(claimed).status == Status.CLAIMED


@pytest.mark.parametrize("tag", ['"1"', 'W/"{now}"', "nonsense", '"abc"', '"99999999999999999999"'])
def test_a_stale_etag_is_412_and_names_who_changed_what(reviewing, claimed, tag):
    tag = tag.format(now=claimed.version)
    answer = reviewing.post(url(claimed, "endorse"), {}, headers={"If-Match": tag})

    assert answer.status_code == 412
    assert answer.json()["facts"]["changed_by"] == "officer"
    assert answer.json()["facts"]["verb"] == "claim"
    assert "officer" in answer.json()["detail"]
    assert fresh(claimed).status == Status.CLAIMED


def test_a_stale_version_in_the_body_is_409(reviewing, claimed):
    answer = reviewing.post(url(claimed, "endorse"), {"version": claimed.version - 1})

    assert answer.status_code == 409
    assert answer.json()["code"] == "stale_version"
    assert answer.json()["facts"]["changed_by"] == "officer"


def test_a_verb_that_does_not_fit_the_status_is_409_with_a_sentence(coordinating, claimed):
    answer = coordinating.post(url(claimed, "verify"), {"version": claimed.version})

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "rule_violation"
    assert answer.json()["facts"] == {"status": "claimed"}


def test_nobody_decides_on_their_own_claim(
    filling, program_of, make_user, officer, in_progress, claimed
):
    officer.role = "reviewer"
    officer.save()

    answer = filling.post(url(claimed, "endorse"), {"version": claimed.version})

    assert answer.status_code == 403
    assert fresh(claimed).status == Status.CLAIMED


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("send_back", {}, "#/reason"),
        ("send_back", {"reason": "  "}, "#/reason"),
        ("send_back", {"reason": "缺", "raeson": "x"}, "#/raeson"),
        ("verify", {"version": "soon"}, "#/version"),
        ("grant_exemption", {"until_on": "2025-02-30"}, "#/until_on"),
        ("grant_exemption", {"until_on": "1999-12-31"}, "#/until_on"),
        ("confirm_block", {"external_obligation": -1}, "#/external_obligation"),
        ("reopen", {"reason": "停", "due_on": "9999-01-01"}, "#/due_on"),
        ("verify", {"note": "\u0000"}, "#/note"),
        ("verify", [], "#"),
    ],
)
def test_a_body_that_is_not_understood_is_400_with_its_place(
    coordinating, endorsed, verb, body, pointer
):
    answer = coordinating.post(url(endorsed, verb), body)

    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert fresh(endorsed).status == Status.ENDORSED


@pytest.mark.parametrize("body", ["{", "nul", '{"reason": "\\ud800"}'])
def test_broken_json_is_400(coordinating, endorsed, body):
    answer = coordinating.post(url(endorsed, "send_back"), body, content_type="application/json")

    assert answer.status_code == 400


def test_only_json_is_understood(coordinating, endorsed):
    answer = coordinating.post(url(endorsed, "verify"), "<a/>", content_type="application/xml")

    assert answer.status_code == 415
    assert answer["Content-Type"] == "application/problem+json"


def test_send_back_gives_the_reason_and_the_days_to_mend(coordinating, endorsed):
    answer = coordinating.post(
        url(endorsed, "send_back"), {"version": endorsed.version, "reason": "缺少目录代码"}
    )

    record = answer.json()
    assert (record["status"], record["return_reason"]) == ("in_progress", "缺少目录代码")
    assert record["mend_until"] == "2025-09-08"
    assert record["light_reason"] == "mending"


def test_plan_keeps_what_is_left_out(filling, in_progress, officer):
    dispatch.plan(
        in_progress,
        by=officer,
        on=dt.date(2025, 8, 6),
        progress_note="联调中",
        contact=("科信处", "张三", "010-1"),
    )
    body = {"version": in_progress.version, "planned_on": "2025-10-15"}
    record = filling.post(url(in_progress, "plan"), body).json()

    assert record["planned_on"] == "2025-10-15"
    assert record["progress_note"] == "联调中"
    assert (record["contact_name"], record["contact_phone"]) == ("张三", "010-1")


def test_a_block_is_asked_confirmed_and_lifted(filling, coordinating, in_progress):
    asked = filling.post(
        url(in_progress, "ask_block"),
        {"version": in_progress.version, "cause": "technical", "reason": "接口未通"},
    ).json()
    purple = coordinating.post(
        url(in_progress, "confirm_block"), {"version": asked["version"], "note": "属实"}
    ).json()
    green = coordinating.post(
        url(in_progress, "lift_block"),
        {"version": purple["version"], "new_due_on": "2026-01-15"},
    ).json()

    assert (asked["light"], purple["light"], green["light"]) == ("green", "purple", "green")
    assert green["due_on"] == "2026-01-15"
    assert green["original_due_on"] == "2025-12-31"
    assert Block.objects.get().decided_by.username == "coordinator"


def test_a_block_is_refused_with_a_reason(coordinating, in_progress, officer):
    blocks.ask(in_progress, by=officer, on=dt.date(2025, 8, 25), cause="other", reason="忙")

    body = {"version": fresh(in_progress).version, "reason": "不属于受阻情形"}
    record = coordinating.post(url(in_progress, "refuse_block"), body).json()

    assert record["blocks"][0]["outcome"] == "refused"
    assert record["light"] == "green"


def test_an_exemption_is_asked_granted_and_ended(filling, coordinating, in_progress):
    body = {"version": in_progress.version, "reason": "无此职权", "until_on": "2025-12-01"}
    record = filling.post(url(in_progress, "ask_exemption"), body).json()
    record = coordinating.post(
        url(in_progress, "grant_exemption"), {"version": record["version"]}
    ).json()
    assert (record["light"], record["exempt_until"]) == ("grey", "2025-12-01")

    body = {"version": record["version"], "reason": "职权已下放"}
    record = coordinating.post(url(in_progress, "end_exemption"), body).json()
    assert (record["light"], record["exempt"]) == ("green", False)


def test_the_opening_of_an_external_obligation_is_recorded(coordinating, owe, ministry):
    row = owe(ministry, external=True)
    body = {"version": row.version, "opened_on": "2025-08-30", "note": "国家平台已上架"}

    record = coordinating.post(url(row, "record_opening"), body).json()

    assert record["opened_on"] == "2025-08-30"
    assert record["verbs"] == ["record_opening", "withdraw"]


def test_reopen_and_withdraw_keep_their_reasons(coordinating, verified):
    body = {"version": verified.version, "reason": "服务中断"}
    record = coordinating.post(url(verified, "reopen"), body).json()
    assert (record["status"], record["reopened_count"]) == ("in_progress", 1)

    body = {"version": record["version"], "reason": "清单调整"}
    record = coordinating.post(url(verified, "withdraw"), body).json()
    assert (record["status"], record["light_reason"]) == ("withdrawn", "withdrawn")
    assert AuditEntry.objects.filter(verb="withdraw").get().detail["reason"] == "清单调整"


def test_many_are_issued_at_once_or_none(coordinating, owe, police, health):
    rows = [owe(police), owe(health)]
    assert coordinating.post("/api/v1/obligations/issue/", chosen(*rows)).json() == {"changed": 2}
    again = coordinating.post(
        "/api/v1/obligations/issue/", chosen(owe(police), Obligation.objects.get(pk=rows[0].pk))
    )
    assert again.status_code == 409
    assert [one["id"] for one in again.json()["facts"]["refused"]] == [rows[0].pk]


def test_among_many_anothers_row_is_not_found(filling, owe, police, health):
    rows = [owe(police, status="issued"), owe(health, status="issued")]

    answer = filling.post("/api/v1/obligations/accept/", chosen(*rows))

    assert answer.status_code == 404
    assert fresh(rows[0]).status == Status.ISSUED
