"""Forms and tables of reports over the API."""

import csv
import datetime as dt
import io
import json

import pytest

from accounts.models import AuditEntry, Role
from jobs import running
from jobs.models import Job
from reports import making, publishing, snapshots
from reports.models import Report
from tests.api.conftest import NOW

REPORTS = "/api/v1/reports/"
TODAY = dt.date(2025, 9, 1)
pytestmark = pytest.mark.settled("report", at=NOW)


@pytest.fixture
def report(coordinator, verified):
    snapshot = snapshots.take(as_of=TODAY, today=TODAY, by=coordinator)
    return making.record(snapshot, making.write(snapshot), by=coordinator, job=None)


@pytest.fixture
def published(report, coordinator, make_user):
    frozen = report.snapshot
    other = make_user("coordinator2", Role.COORDINATOR)
    publishing.review(frozen, by=coordinator, on=TODAY, version=frozen.version)
    publishing.publish(frozen, by=other, on=TODAY, version=frozen.version)
    return report


def body(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_every_table_has_its_addresses(coordinating, report):
    tables = coordinating.get(f"{REPORTS}{report.pk}/tables/").json()
    assert {"overview", "departments", "overdue"} <= {one["code"] for one in tables}
    for one in tables:
        rows = list(csv.reader(io.StringIO(body(coordinating.get(one["csv"])).decode("utf-8-sig"))))
        found = json.loads(body(coordinating.get(one["json"])))
        sums = 1 if found["total"] else 0
        assert len(rows) == 1 + len(found["rows"]) + sums
    assert AuditEntry.objects.filter(verb="download_table").count() == 2 * len(tables)


def test_an_encoding_may_be_named(coordinating, report):
    address = f"{REPORTS}{report.pk}/tables/departments.csv"
    assert "省公安厅" in body(coordinating.get(f"{address}?encoding=gb18030")).decode("gb18030")
    assert coordinating.get(f"{address}?encoding=big5").status_code == 409


def test_a_form_is_made_once_and_listed(coordinating, report):
    address = f"{REPORTS}{report.pk}/forms/"
    answer = coordinating.post(address, {"form": "bulletin"})
    assert answer.status_code == 202
    assert running.perform(answer.json()["job"]["id"])
    forms = {one["form"]: one for one in coordinating.get(address).json()}
    assert set(forms) == {"workbook", "bulletin"}
    again = coordinating.post(address, {"form": "bulletin"})
    assert (again.status_code, again.json()) == (200, forms["bulletin"])
    assert body(coordinating.get(forms["bulletin"]["download"])).startswith(b"PK")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"form": "workbook"}, 400),
        ({}, 400),
        ({"form": "department"}, 409),
        ({"form": "department", "department": 999999}, 404),
        ({"form": "upward", "colour": "red"}, 400),
    ],
)
def test_an_order_that_cannot_be_met_is_refused(coordinating, report, said, status):
    answer = coordinating.post(f"{REPORTS}{report.pk}/forms/", said)
    assert answer.status_code == status
    assert not Job.objects.exists()


def test_a_department_takes_its_part_of_what_is_published(filling, published, police, health):
    for part in ("tables/", "forms/", "tables/overdue.csv", "tables/overdue.json"):
        assert filling.get(f"{REPORTS}{published.pk}/{part}").status_code == 404
    [row] = filling.get(f"{REPORTS}own/").json()
    assert (row["snapshot_id"], row["part"]) == (published.snapshot_id, None)
    answer = filling.post(f"{REPORTS}own/", {"snapshot": row["snapshot_id"]})
    assert running.perform(answer.json()["job"]["id"])
    [row] = filling.get(f"{REPORTS}own/").json()
    made = Report.objects.get(form="department")
    assert (row["part"]["report_id"], row["part"]["department_id"]) == (made.pk, police.pk)
    assert filling.get(f"{REPORTS}{made.pk}/tables/").status_code == 200


def test_a_draft_is_no_source(filling, report):
    assert filling.get(f"{REPORTS}own/").json() == []
    answer = filling.post(f"{REPORTS}own/", {"snapshot": report.snapshot_id})
    assert answer.status_code == 404


def test_a_leader_reads_and_makes_nothing(leading, published):
    assert leading.get(f"{REPORTS}{published.pk}/tables/").status_code == 200
    assert leading.post(f"{REPORTS}{published.pk}/forms/", {"form": "upward"}).status_code == 403
    assert leading.get(f"{REPORTS}own/").status_code == 403
