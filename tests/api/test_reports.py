"""Reports over the API: made by a job, listed, downloaded with an audit row."""

import base64
import datetime as dt
import hashlib

import pytest

from accounts.models import AuditEntry, Role
from jobs.models import Job
from reports import making, publishing, snapshots
from reports.models import Report
from reports.scopes import Scope

REPORTS = "/api/v1/reports/"
TODAY = dt.date(2025, 9, 1)


@pytest.fixture
def report(coordinator, verified):
    snapshot = snapshots.take(as_of=TODAY, today=TODAY, by=coordinator)
    written = making.write(snapshot)
    return making.record(snapshot, written, by=coordinator, job=None)


@pytest.fixture
def second(make_user, bureau):
    return make_user("coordinator2", Role.COORDINATOR, department=bureau)


@pytest.fixture
def published(report, coordinator, second):
    publishing.review(report.snapshot, by=coordinator, on=TODAY)
    publishing.publish(report.snapshot, by=second, on=TODAY)


def test_a_report_is_asked_for_once(coordinating, in_progress):
    first, again = coordinating.post(REPORTS), coordinating.post(REPORTS, {"on": "2025-09-01"})

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["job"]["id"] == again.json()["job"]["id"]
    assert Job.objects.get().args == {"on": "2025-09-01", "region": None, "department": None}


def test_a_report_is_listed_shown_and_downloaded(leading, report, published):
    [row] = leading.get(REPORTS).json()["results"]
    assert (row["id"], row["as_of"], row["scope"]) == (report.pk, "2025-09-01", "全省")
    assert leading.get(f"{REPORTS}{report.pk}/").json()["rules_version"]

    answer = leading.get(row["download"])

    data = b"".join(answer.streaming_content)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert answer["Repr-Digest"] == f"sha-256=:{digest}:"
    assert row["sha256"] == report.sha256
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert AuditEntry.objects.get(verb="download_report").username == "leader"


def test_a_department_gets_its_own_reports_alone(filling, report, officer, police, health):
    assert filling.get(REPORTS).json()["results"] == []
    assert filling.get(f"{REPORTS}{report.pk}/").status_code == 404
    assert filling.get(f"{REPORTS}{report.pk}/download/").status_code == 404
    assert filling.post(REPORTS, {"department": health.pk}).status_code == 404

    own = snapshots.take(as_of=TODAY, today=TODAY, by=officer, scope=Scope(department=police))
    mine = making.record(own, making.write(own), by=officer, job=None)
    assert [row["id"] for row in filling.get(REPORTS).json()["results"]] == [mine.pk]
    assert filling.post(REPORTS, {"department": police.pk}).status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"on": "2025-09-02"}, 409),
        ({"on": "tomorrow"}, 400),
        ({"department": 1, "region": 1}, 400),
        ({"department": 999999}, 404),
        ({"region": 999999}, 404),
        ({"month": "8"}, 400),
        ({"list": 999999}, 404),
        ({"list": 1, "scene": "出生"}, 400),
        ({"batch": {"kind": "sharing"}}, 400),
        ({"batch": {"kind": "sharing", "level": "province", "number": 99}}, 409),
        ({"batch": {"kind": "none", "level": "province", "number": 7}}, 400),
        ({"batch": {"kind": "sharing", "level": "none", "number": 7}}, 400),
        ({"scene": "无此事"}, 409),
    ],
)
def test_an_order_that_cannot_be_met_is_refused(coordinating, body, status):
    assert coordinating.post(REPORTS, body).status_code == status
    assert not Report.objects.exists()
    assert not Job.objects.exists()


def test_a_report_goes_its_way_with_the_version_that_was_read(
    coordinating, leading, program_of, second, report
):
    address, other = f"{REPORTS}{report.pk}/", program_of(second)
    seen = coordinating.get(address)
    assert (seen["ETag"], seen.json()["state"]) == ('"1"', "draft")
    assert seen.json()["allowed"] == ["review_report", "tie_scores"]
    assert coordinating.post(f"{address}review/").status_code == 428
    assert leading.post(f"{address}review/", {"version": 1}).status_code == 403
    reviewed = coordinating.post(f"{address}review/", headers={"If-Match": seen["ETag"]})
    assert (reviewed["ETag"], reviewed.json()["reviewed"]["by"]) == ('"2"', "coordinator")
    stale = other.post(f"{address}publish/", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["facts"]["changed_by"]) == (412, "coordinator")
    assert other.post(f"{address}publish/", {"version": 1}).status_code == 409
    assert coordinating.post(f"{address}publish/", {"version": 2}).status_code == 403
    assert leading.get(address).status_code == 404
    assert other.post(f"{address}publish/", {"version": 2}).json()["state"] == "published"
    assert leading.get(address).json()["published"]["by"] == "coordinator2"
    assert other.post(f"{address}send-back/", {"version": 3, "reason": "x"}).status_code == 409
    assert other.post(f"{address}withdraw/", {"version": 3}).status_code == 400
    gone = coordinating.post(f"{address}withdraw/", {"version": 3, "reason": "口径有误"}).json()
    assert (gone["state"], gone["withdraw_reason"]) == ("withdrawn", "口径有误")
    assert leading.get(REPORTS, {"state": "withdrawn"}).json()["results"][0]["id"] == report.pk


def test_every_number_has_its_rows(coordinating, report, verified):
    address = f"{REPORTS}{report.pk}/"
    shown = coordinating.get(address).json()
    for rate in shown["rates"]:
        for part in ("numerator", "denominator"):
            query = rate[f"{part}_rows"].partition("?")[2]
            rows = coordinating.get(f"{address}rows/?{query}&count=1").json()
            if rate["code"] != "verifying":
                assert rows["count"] == rate[part]
    assert coordinating.get(f"{address}rows/", {"number": "x"}).status_code == 400
    [row] = coordinating.get(f"{address}rows/", {"number": "verified"}).json()["results"]
    assert (row["obligation_id"], row["status"]) == (verified.pk, "verified")


def test_scores_are_tied_and_said_to_be_missing(coordinating, report):
    address = f"{REPORTS}{report.pk}/"
    tied = coordinating.post(f"{address}tie-scores/", {"version": 1}).json()
    assert tied["with_scores"]
    assert "得分通报" in tied["missing"]
    assert Job.objects.filter(kind="obligations.draft_scores").count() == 1
    free = coordinating.post(f"{address}untie-scores/", {"version": 2}).json()
    assert (free["with_scores"], free["missing"]) == (False, None)


def test_reports_are_asked_for_by_list_batch_and_scene(coordinating, verified):
    home = verified.item.list
    batch = {"kind": home.kind, "level": home.level, "number": home.batch}
    for body in ({"list": home.pk}, {"batch": batch}):
        assert coordinating.post(REPORTS, body).status_code == 202
    kept = [job.args for job in Job.objects.order_by("pk")]
    assert kept[0]["list"] == home.pk
    assert kept[1]["batch"] == [home.kind, home.level, home.batch]
