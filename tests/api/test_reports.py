"""Reports over the API: made by a job, listed, downloaded with an audit row."""

import base64
import datetime as dt
import hashlib

import pytest

from accounts.models import AuditEntry
from jobs.models import Job
from reports import making, snapshots
from reports.models import Report
from reports.scopes import Scope

REPORTS = "/api/v1/reports/"
TODAY = dt.date(2025, 9, 1)


@pytest.fixture
def report(coordinator, verified):
    snapshot = snapshots.take(as_of=TODAY, today=TODAY, by=coordinator)
    written = making.write(snapshot)
    return making.record(snapshot, written, by=coordinator, job=None)


def test_a_report_is_asked_for_once(coordinating, in_progress):
    first, again = coordinating.post(REPORTS), coordinating.post(REPORTS, {"on": "2025-09-01"})

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["job"]["id"] == again.json()["job"]["id"]
    assert Job.objects.get().args == {"on": "2025-09-01", "region": None, "department": None}


def test_a_report_is_listed_shown_and_downloaded(leading, report):
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
    ],
)
def test_an_order_that_cannot_be_met_is_refused(coordinating, body, status):
    assert coordinating.post(REPORTS, body).status_code == status
    assert not Report.objects.exists()
    assert not Job.objects.exists()
