"""Report plans over the API: kept with their version, seen by their scope, receipts and all."""

import datetime as dt

import pytest

from accounts.models import Role
from jobs import running
from reports import planned, plans, publishing
from reports.models import PlannedReport, ReportPlan
from reports.rhythm import Rule
from reports.scopes import Scope

PLANS = "/api/v1/report-plans/"
TODAY, DUE = dt.date(2025, 9, 1), dt.date(2025, 9, 3)
MONTHLY = {"rhythm": "month", "number": 3}


@pytest.fixture
def row(coordinator, leader, verified):
    """The report of August, asked for by a plan that begins with it."""
    plans.make(
        Scope(),
        rule=Rule("month", 1),
        recipients=[leader],
        active_from=TODAY,
        by=coordinator,
        on=TODAY,
    )
    [row] = planned.settle(on=TODAY)
    assert running.perform(row.job_id)
    return PlannedReport.objects.get()


def test_a_plan_is_made_read_changed_and_ended(coordinating, leader):
    made = coordinating.post(PLANS, {**MONTHLY, "recipients": ["leader"]}, format="json")
    assert made.status_code == 201
    plan = made.json()
    assert (plan["name"], plan["recipients"], plan["version"]) == ("全省 月调度", ["leader"], 1)
    assert plan["coming"][0] == {
        "period": "2025-08",
        "due_on": "2025-09-03",
        "as_of": "2025-08-31",
        "is_provisional": False,
    }

    address, tag = f"{PLANS}{plan['id']}/", made["ETag"]
    change = {"rhythm": "quarter", "number": 5}
    assert coordinating.post(address, change, format="json").status_code == 428
    changed = coordinating.post(address, change, format="json", headers={"if-match": tag})
    assert changed.json()["version"] == 2
    stale = coordinating.post(address, change, format="json", headers={"if-match": tag})
    assert stale.status_code == 412

    assert coordinating.post(f"{address}end/").status_code == 428
    ended = coordinating.post(f"{address}end/", {"version": 2}, format="json")
    assert (ended.json()["ended_on"], ended.json()["coming"]) == ("2025-09-01", [])
    assert coordinating.get(address)["ETag"] == '"3"'


def test_a_plan_may_be_about_a_list_a_batch_or_a_scene(coordinating, sharing_list):
    home = sharing_list
    batch = {"kind": home.kind, "level": home.level, "number": home.batch}
    for said, told in (
        ({"list": home.pk}, (home.pk, None, "")),
        ({"batch": batch}, (None, batch, "")),
        ({"scene": "新生儿出生"}, (None, None, "新生儿出生")),
    ):
        made = coordinating.post(PLANS, {**MONTHLY, **said}, format="json")
        assert made.status_code == 201, made.content
        plan = made.json()
        assert (plan["list_id"], plan["batch"], plan["scene"]) == told
        assert coordinating.post(PLANS, {**MONTHLY, **said}, format="json").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"number": 16}, 400),
        ({"from_end": True}, 409),
        ({"recipients": ["nobody"]}, 400),
        ({"recipients": ["officer"]}, 409),
        ({"department": 999_999}, 404),
        ({"region": 1, "department": 1}, 400),
        ({"list": 999_999}, 404),
        ({"list": 1, "scene": "新生儿出生"}, 400),
        ({"active_from": "2025-08-31"}, 409),
        ({"unknown": 1}, 400),
    ],
)
def test_what_cannot_be_is_refused(coordinating, officer, wrong, status):
    assert coordinating.post(PLANS, {**MONTHLY, **wrong}, format="json").status_code == status
    assert not ReportPlan.objects.exists()


def test_periods_and_receipts_are_told(
    coordinating, leading, leader, coordinator, make_user, bureau, row
):
    [period] = coordinating.get(f"{PLANS}{row.plan_id}/periods/").json()
    assert (period["period"], period["state"], period["sent"]) == ("2025-08", "made", 0)
    deliver = f"/api/v1/planned-reports/{row.pk}/deliver/"
    assert coordinating.post(deliver).status_code == 409

    # The leader is named when it is published already.
    row.plan.recipients.clear()
    second = make_user("coordinator2", Role.COORDINATOR, department=bureau)
    publishing.review(row.snapshot, by=coordinator, on=DUE)
    publishing.publish(row.snapshot, by=second, on=DUE)
    row.plan.recipients.add(leader)
    assert coordinating.post(deliver).json() == {"sent": 1}
    assert coordinating.post(deliver).json() == {"sent": 0}
    [own] = leading.get("/api/v1/report-receipts/").json()["results"]
    assert (own["period"], own["downloaded_at"]) == ("2025-08", None)
    b"".join(leading.get(own["downloads"][0]).streaming_content)

    [receipt] = leading.get(f"/api/v1/planned-reports/{row.pk}/receipts/").json()
    assert (receipt["username"], receipt["withheld"]) == ("leader", "")
    assert receipt["downloaded_at"] == receipt["opened_at"] is not None
    [period] = leading.get(f"{PLANS}{row.plan_id}/periods/").json()
    assert (period["state"], period["sent"], period["downloaded"]) == ("published", 1, 1)


def test_another_scopes_plan_is_not_found(program_of, make_user, bureau, city, row):
    far = program_of(make_user("far", "coordinator", department=bureau, region=city))

    assert far.get(PLANS).json()["results"] == []
    for address in (f"{PLANS}{row.plan_id}/", f"{PLANS}{row.plan_id}/periods/"):
        assert far.get(address).status_code == 404
    assert far.get(f"/api/v1/planned-reports/{row.pk}/receipts/").status_code == 404
    assert far.post(f"{PLANS}{row.plan_id}/end/", {"version": 1}, format="json").status_code == 404


def test_a_department_has_no_plans_and_its_own_receipts(filling, row):
    assert filling.get(PLANS).status_code == 403
    assert filling.get("/api/v1/report-receipts/").json()["results"] == []
