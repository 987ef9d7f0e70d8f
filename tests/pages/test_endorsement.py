"""The coordinator's page of departments that go without endorsement, and its API."""

import pytest

from obligations import completion
from obligations.today import today
from tests.obligations import lives

pytestmark = pytest.mark.django_db


def test_the_coordinator_switches_it_off_and_claims_go_straight_to_verification(
    signed_in, coordinator, in_progress, officer, police
):
    client = signed_in(coordinator)
    assert police.name in client.get("/endorsement/").content.decode()
    said = {"required": "0", "reason": "仅一人", "version": "1"}
    assert client.post(f"/endorsement/{police.pk}/", said).status_code == 302
    assert "已关闭" in client.get("/endorsement/").content.decode()

    completion.claim(in_progress, by=officer, on=today(), with_evidence=[lives.PAPER])
    assert in_progress.status == "endorsed"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"required": "0", "reason": "仅一人"}, 428),
        ({"required": "0", "reason": "仅一人", "version": "7"}, 409),
        ({"required": "0", "reason": "", "version": "1"}, 409),
        ({"required": "1", "reason": "恢复", "version": "1"}, 409),
    ],
)
def test_what_is_refused_changes_nothing(signed_in, coordinator, officer, police, said, status):
    client = signed_in(coordinator)
    assert client.post(f"/endorsement/{police.pk}/", said).status_code == status
    police.refresh_from_db()
    assert police.endorsement_required


def test_the_system_administrator_keeps_departments_but_not_this_rule(
    signed_in, sysadmin, officer, police
):
    client = signed_in(sysadmin)
    address = f"/administration/departments/{police.pk}/"
    client.post(address, {"level": "province", "endorsement_required": "", "aliases": ""})
    assert client.post(f"/endorsement/{police.pk}/", {"version": "1"}).status_code == 403
    police.refresh_from_db()
    assert police.endorsement_required


def test_another_citys_department_is_not_found(
    signed_in, make_user, bureau, city, police, ministry, coordinator
):
    person = make_user("city", "coordinator", department=bureau, region=city)
    said = {"required": "0", "reason": "仅一人", "version": "1"}
    for user, department in ((person, police), (coordinator, ministry)):
        answer = signed_in(user).post(f"/endorsement/{department.pk}/", said)
        assert answer.status_code == 404


def test_a_program_of_the_coordinator_switches_it(signed_in, coordinator, officer, police):
    client = signed_in(coordinator)
    said = {"endorsement_required": False, "reason": "仅一人", "version": 1}
    address = f"/api/v1/departments/{police.pk}/endorsement/"

    answer = client.post(address, said, content_type="application/json")

    assert answer.json() == {
        "id": police.pk,
        "endorsement_required": False,
        "endorsement_version": 2,
    }
    shown = client.get(f"/api/v1/departments/{police.pk}/").json()
    assert (shown["endorsement_required"], shown["endorsement_version"]) == (False, 2)
    assert client.post(address, said, content_type="application/json").status_code == 409
