"""Contradictions, and the words of consumers, over the API."""

import datetime as dt

import pytest

from obligations.models import Confirmation, ContradictionCase, ItemConsumer, Status
from obligations.today import today

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def one(coordinating, doubted):
    return coordinating.get(f"{API}/contradictions/{doubted.pk}/")


def post(client, path, body=None, **headers):
    return client.post(f"{API}/{path}", body or {}, format="json", headers=headers)


def test_the_queue_and_one_case_tell_both_sides(coordinating, doubted, one):
    [listed] = coordinating.get(f"{API}/contradictions/?state=open").json()["results"]
    assert (listed["id"], listed["code"]) == (doubted.pk, "consumer_says_unusable")
    assert one["ETag"] == '"1"'
    assert one.json()["holds"] is True
    assert "接口超时" in one.json()["found"]
    assert coordinating.get(f"{API}/contradictions/?state=closed").json()["results"] == []


def test_others_do_not_find_it(program_of, officer2, doubted):
    assert program_of(officer2).get(f"{API}/contradictions/").json()["results"] == []
    assert program_of(officer2).get(f"{API}/contradictions/{doubted.pk}/").status_code == 404


def test_reopening_names_both_versions(coordinating, doubted, supplied, one):
    path, body = f"contradictions/{doubted.pk}/reopen/", {"reason": "核实", "version": 1}
    assert post(coordinating, path, body).status_code == 428
    body["obligation_version"] = one.json()["obligation_version"]
    stale = {name: value for name, value in body.items() if name != "version"}
    assert post(coordinating, path, stale, **{"If-Match": '"7"'}).status_code == 412
    answer = post(coordinating, path, body)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "reopened")
    supplied.refresh_from_db()
    assert supplied.status == Status.IN_PROGRESS


def test_accepting_one_and_many(coordinating, doubted):
    until = (today() + dt.timedelta(days=30)).isoformat()
    body = {"reason": "对方升级", "until_on": until, "version": 1}
    answer = post(coordinating, f"contradictions/{doubted.pk}/accept/", body)
    assert answer.json()["accepted_until"] == until
    ContradictionCase.objects.update(
        **dict.fromkeys(("closed_on", "closed_at", "closed_by", "accepted_until")),
        outcome="",
        reason="",
    )
    body = {"reason": "对方升级", "until_on": until, "rows": [{"id": doubted.pk, "version": 2}]}
    assert post(coordinating, "contradictions/accept/", body).json() == {"count": 1}
    body["rows"][0]["id"] = 999
    assert post(coordinating, "contradictions/accept/", body).status_code == 404


def test_handing_over(coordinating, coordinator, doubted):
    path = f"contradictions/{doubted.pk}/hand_over/"
    answer = post(coordinating, path, {"owner": coordinator.pk, "version": 1})
    assert answer.json()["owner"] == coordinator.username
    back = post(coordinating, path, {"owner": None, "version": 2})
    assert back.json()["owner"] is None


def test_a_consumer_sees_what_it_is_asked_and_says_it(program_of, officer2, supplied):
    client = program_of(officer2)
    [asked] = client.get(f"{API}/voices/asked/").json()["results"]
    assert (asked["id"], asked["version"], asked["word"]) == (supplied.pk, 0, "")
    assert "备注" not in [term["label"] for term in asked["terms"]]
    path = f"voices/{supplied.pk}/"
    assert post(client, path, {"word": "usable"}).status_code == 428
    assert post(client, path, {"word": "unusable", "version": 0}).status_code == 409
    answer = post(client, path, {"word": "usable", "version": 0})
    assert (answer.json()["word"], answer["ETag"]) == ("usable", '"1"')
    assert post(client, path, {"word": "usable"}, **{"If-Match": '"0"'}).status_code == 412
    [word] = client.get(f"{API}/voices/").json()["results"]
    assert (word["word"], word["until_on"]) == ("usable", None)


def test_who_uses_nothing_is_asked_nothing(program_of, officer, supplied):
    client = program_of(officer)
    assert client.get(f"{API}/voices/asked/").json()["results"] == []
    answer = post(client, f"voices/{supplied.pk}/", {"word": "usable", "version": 0})
    assert answer.status_code == 404
    assert not Confirmation.objects.exists()


def test_the_three_voices_of_one_obligation(coordinating, doubted, supplied):
    told = coordinating.get(f"{API}/obligations/{supplied.pk}/verification/").json()
    [voice] = told["voices"]
    assert (voice["word"], voice["reason"]) == ("unusable", "接口超时")
    assert [case["id"] for case in told["contradictions"]] == [doubted.pk]


def test_the_rhythm_is_read_and_changed(coordinating):
    held = coordinating.get(f"{API}/voices/rule/").json()
    assert (held["months"], held["answer_days"], held["version"]) == (3, 10, 0)
    begins = dt.date.fromisoformat(held["last_on"]) + dt.timedelta(days=1)
    body = {"effective_from": begins.isoformat(), "months": 1, "answer_days": 5}
    assert post(coordinating, "voices/rule/", body).status_code == 428
    assert post(coordinating, "voices/rule/", {**body, "version": 0}).status_code == 201


def test_consumers_are_named_and_released(coordinating, supplied, make_department):
    other = make_department("省教育厅")
    path = f"items/{supplied.item_id}/consumers/"
    made = post(coordinating, path, {"department": other.pk})
    assert (made.status_code, made.json()["department"]["name"]) == (201, "省教育厅")
    assert len(coordinating.get(f"{API}/{path}").json()) == 1
    ended = post(coordinating, f"{path}{made.json()['id']}/end/")
    assert ended.json()["ended_on"] == today().isoformat()
    assert ItemConsumer.objects.get().ended_on == today()
