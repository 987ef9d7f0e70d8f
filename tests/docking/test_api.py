"""Docking for programs: what pages do, with versions, refusals and another's rows not found."""

import datetime as dt

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import tokens
from docking.models import Endpoint, ProbeResult
from obligations.today import today
from tests.docking.test_rounds import DOWN, UP, see

pytestmark = pytest.mark.django_db
API = "/api/v1/docking"
URL = "http://10.1.2.3:8080/health"


@pytest.fixture
def program_of():
    def make(user):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user, by=None)}")
        return client

    return make


@pytest.fixture
def filling(program_of, officer):
    return program_of(officer)


@pytest.fixture
def allowing(program_of, sysadmin):
    return program_of(sysadmin)


@pytest.fixture
def one(row):
    return f"{API}/obligations/{row.pk}/"


def test_stages_are_planned_reached_and_taken_back(filling, row, one):
    day = today().isoformat()
    read = filling.get(one)
    assert [step["stage"] for step in read.json()["milestones"]] == [
        *("open", "joint", "test", "live", "use")
    ]
    plan = {"milestones": [{"stage": "open", "planned_on": day, "weight": 3}]}
    assert filling.post(f"{one}plan/", plan).status_code == 428

    done = filling.post(f"{one}plan/", plan, headers={"If-Match": read["ETag"]})
    assert done.status_code == 200, done.content
    assert done.json()["next_milestone_on"] == day
    assert done.json()["planned_by_today"] == {"numerator": 3, "denominator": 7, "percent": "42.9"}
    assert filling.post(f"{one}plan/", {**plan, "version": 1}).status_code == 409

    version = done.json()["version"]
    early = filling.post(f"{one}reach/", {"stage": "joint", "version": version})
    assert (early.status_code, early.json()["facts"]) == (409, {"next": "open"})
    done = filling.post(f"{one}reach/", {"stage": "open", "version": version}).json()
    assert done["milestones"][0]["reached_on"] == day
    body = {"stage": "open", "reached_on": None, "version": done["version"]}
    assert filling.post(f"{one}reach/", body).json()["milestones"][0]["reached_on"] is None
    assert filling.post(f"{one}plan/", {"milestones": [{"stage": "x"}]}).status_code == 400


def test_default_plans_for_one_and_for_all(filling, connect, police, row, one):
    connect(police)
    done = filling.post(f"{one}plan_default/", {"version": row.version})
    assert done.json()["milestones"][-1]["planned_on"] == row.due_on.isoformat()
    assert filling.post(f"{API}/plan_default/", {}).json() == {"changed": 1}


def test_endpoints_are_named_seen_changed_and_retired(filling, allowing, one):
    made = filling.post(f"{one}endpoints/", {"name": "健康检查", "url": URL})
    assert made.status_code == 201, made.content
    endpoint = made.json()
    assert (endpoint["allowed"], endpoint["state"]) == (False, "unknown")
    assert filling.post(f"{one}endpoints/", {"name": "x", "url": "http://a b/"}).status_code == 409
    host = {"host": "10.1.2.3", "port": 8080, "document_number": "示例政数〔2026〕1号"}
    listed = allowing.post(f"{API}/hosts/", host)
    assert listed.status_code == 201
    assert filling.get(f"{API}/hosts/").status_code == 403

    see(Endpoint.objects.get(), UP, UP, DOWN)
    address = f"{API}/endpoints/{endpoint['id']}/"
    read = filling.get(address)
    assert (read.json()["allowed"], read.json()["state"]) == (True, "up")
    assert [change["state"] for change in read.json()["changes"]] == ["up"]
    results = filling.get(f"{address}results/?page_size=2").json()
    assert [result["error"] for result in results["results"]] == ["timeout", ""]
    assert len(filling.get(results["next"]).json()["results"]) == 1

    other = {"name": "健康检查", "url": f"{URL}/2", "version": read.json()["version"]}
    assert filling.post(address, {**other, "version": 9}).status_code == 409
    assert filling.post(address, other).json()["state"] == "unknown"
    assert filling.post(f"{address}retire/", {"version": 2}).json()["retired_at"]
    assert filling.get(f"{API}/endpoints/?retired=false").json()["results"] == []
    assert len(filling.get(f"{API}/endpoints/?retired=true").json()["results"]) == 1
    gone = allowing.post(f"{API}/hosts/{listed.json()['id']}/withdraw/", {"version": 1})
    assert gone.json()["withdrawn_by"] == "sysadmin"


def test_maintenance_is_announced_and_ended(filling, allowing, row):
    begin = timezone.now() + dt.timedelta(hours=1)
    said = {
        "starts_at": begin.isoformat(),
        "ends_at": (begin + dt.timedelta(hours=1)).isoformat(),
        "reason": "升级",
    }
    made = filling.post(f"{API}/maintenance/", {**said, "obligation_id": row.pk})
    assert made.status_code == 201, made.content
    assert filling.post(f"{API}/maintenance/", said).status_code == 403
    assert filling.post(f"{API}/maintenance/", {**said, "obligation_id": 0}).status_code == 400
    assert filling.post(f"{API}/maintenance/", {**said, "obligation_id": 99999}).status_code == 400
    assert allowing.post(f"{API}/maintenance/", said).status_code == 201
    assert len(filling.get(f"{API}/maintenance/").json()["results"]) == 2
    ended = filling.post(f"{API}/maintenance/{made.json()['id']}/end/", {"version": 1})
    assert ended.json()["cancelled_at"]


def test_another_departments_rows_are_not_found(program_of, officer2, row, name, one):
    endpoint = see(name(row), UP)
    stranger = program_of(officer2)
    for address in (
        one,
        f"{API}/endpoints/{endpoint.pk}/",
        f"{API}/endpoints/{endpoint.pk}/results/",
    ):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{one}plan_default/", {"version": 1}).status_code == 404
    assert stranger.get(f"{API}/endpoints/").json()["results"] == []
    assert ProbeResult.objects.exists()
