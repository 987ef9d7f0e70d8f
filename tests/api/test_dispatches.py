"""任务分解 through the API: prepared, looked at, confirmed with its digest."""

import pytest

from accounts.models import DepartmentGroup
from obligations.models import Dispatch, Obligation

API = "/api/v1"


@pytest.fixture
def prepared(coordinating, make_item, police, health):
    def make(*bodies, **more):
        item = make_item(police)
        said = {
            "items": [item.pk],
            "duties": [{"duty": "catalogue", "due": "年底"}, {"duty": "use"}],
            "bodies": [{"key": key} for key in bodies or (f"department:{police.pk}",)],
        }
        return coordinating.post(f"{API}/dispatches/", said | more)

    return make


def test_prepared_shown_and_confirmed(coordinating, prepared, police, health):
    answer = prepared(f"department:{police.pk}", f"name:{health.name}")
    assert answer.status_code == 201
    plan = answer.json()["plan"]
    assert (plan["new"], plan["there"], plan["may_be_confirmed"]) == (4, 0, True)
    assert [line["new"] for line in plan["by_duty"]] == [2, 2]
    address = f"{API}/dispatches/{answer.json()['id']}/"
    assert coordinating.get(address).json()["plan"] == plan

    done = coordinating.post(f"{address}confirm/", {"digest": plan["digest"]})

    assert (done.json()["state"], done.json()["made"], done.json()["plan"]) == ("done", 4, None)
    assert Obligation.objects.count() == 4
    assert coordinating.get(f"{API}/dispatches/").json()["results"][0]["made"] == 4
    again = coordinating.post(f"{address}confirm/", {"digest": plan["digest"]})
    assert again.status_code == 409


def test_without_or_with_another_digest_nothing_is_done(coordinating, prepared):
    address = f"{API}/dispatches/{prepared().json()['id']}/confirm/"
    assert coordinating.post(address, {}).status_code == 428
    stale = coordinating.post(address, {"digest": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_version")
    assert not Obligation.objects.exists()


def test_problems_are_named(prepared):
    plan = prepared("name:无此单位").json()["plan"]
    assert not plan["may_be_confirmed"]
    [notice] = plan["notices"]
    assert (notice["kind"], notice["name"]) == ("unknown", "无此单位")
    assert "无此单位" in notice["sentence"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"items": []}, 400),
        ({"duties": [{"duty": "sing"}]}, 400),
        ({"duties": [{"duty": "use", "due": "尽快"}]}, 409),
        ({"bodies": [{"key": "planet:3"}]}, 409),
        ({"bodies": []}, 409),
        ({"items": [999999]}, 409),
        ({"extra": 1}, 400),
    ],
)
def test_what_cannot_be_is_refused(prepared, said, status):
    assert prepared(**said).status_code == status
    assert not Dispatch.objects.exists()


def test_discarded(coordinating, prepared):
    address = f"{API}/dispatches/{prepared().json()['id']}/discard/"
    assert coordinating.post(address).json()["state"] == "discarded"
    assert coordinating.post(address).status_code == 409


def test_anothers_is_not_found(program_of, city_coordinator, prepared):
    pk = prepared().json()["id"]
    client = program_of(city_coordinator)
    assert client.get(f"{API}/dispatches/{pk}/").status_code == 404
    assert client.get(f"{API}/dispatches/").json()["results"] == []


def test_new_members(coordinating, prepared, police, health, bureau):
    group = DepartmentGroup.objects.create(name="相关部门")
    group.memberships.create(department=police)
    pk = prepared(f"group:{group.pk}").json()["id"]
    plan = coordinating.get(f"{API}/dispatches/{pk}/").json()["plan"]
    coordinating.post(f"{API}/dispatches/{pk}/confirm/", {"digest": plan["digest"]})
    for one in (health, bureau):
        group.memberships.create(department=one)

    found = coordinating.get(f"{API}/new_members/").json()
    assert found["waiting"] == 4
    [offer] = found["groups"]
    address = f"{API}/new_members/{group.pk}/"
    said = {"departments": [health.pk], "digest": offer["digest"]}
    assert coordinating.post(f"{address}accept/", {"departments": [health.pk]}).status_code == 428
    assert coordinating.post(f"{address}accept/", said).json()["made"] == 2
    assert coordinating.post(f"{address}accept/", said).status_code == 409
    [offer] = coordinating.get(f"{API}/new_members/").json()["groups"]
    left = {"departments": [bureau.pk], "digest": offer["digest"], "reason": "无相关职能"}
    assert coordinating.post(f"{address}dismiss/", left).json() == {"left_out": 1}
    assert coordinating.get(f"{API}/new_members/").json() == {"waiting": 0, "groups": []}
