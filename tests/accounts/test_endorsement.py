"""部门审签 switched off where one person is all there is, by the coordinator of the scope."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts import endorsement
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
ALONE = {"required": False, "reason": "仅一人", "version": 1}


def test_a_department_of_one_person_goes_without_endorsement(officer, police, coordinator):
    row = endorsement.switch(police, by=coordinator, **ALONE)

    assert (row.endorsement_required, row.endorsement_version) == (False, 2)
    entry = AuditEntry.objects.get(verb="switch_endorsement")
    assert (entry.username, entry.department_id) == ("coordinator", police.pk)
    assert entry.detail == {"required": False, "reason": "仅一人", "people": 1}
    [shown] = endorsement.standing(coordinator)
    assert (shown.department, shown.people) == (police, [officer])


def test_where_two_work_or_nobody_one_endorses_what_the_other_claims(
    officer, reviewer, police, health, coordinator
):
    for department, count in ((police, "2"), (health, "0")):
        with pytest.raises(RuleViolation, match=f"共 {count} 人"):
            endorsement.switch(department, by=coordinator, **ALONE)
    assert endorsement.standing(coordinator) == []


def test_a_closed_account_is_nobody_who_could_endorse(officer, reviewer, police, coordinator):
    reviewer.is_active = False
    reviewer.save()
    assert not endorsement.switch(police, by=coordinator, **ALONE).endorsement_required


def test_it_can_be_switched_on_again_whoever_works_there(officer, police, coordinator, make_user):
    endorsement.switch(police, by=coordinator, **ALONE)
    make_user("second", Role.REVIEWER, department=police)
    [shown] = endorsement.standing(coordinator)
    assert shown.may_endorse

    said = {"required": True, "reason": "已增派", "version": 2}
    assert endorsement.switch(police, by=coordinator, **said).endorsement_required
    assert endorsement.standing(coordinator) == []


def test_a_decision_has_a_reason_and_the_version_that_was_seen(officer, police, coordinator):
    with pytest.raises(RuleViolation, match="理由"):
        endorsement.switch(police, by=coordinator, **{**ALONE, "reason": " "})
    endorsement.switch(police, by=coordinator, **ALONE)
    with pytest.raises(StaleVersion):
        endorsement.switch(police, by=coordinator, **{**ALONE, "required": True})


def test_a_citys_coordinator_decides_for_the_own_city_alone(
    officer, police, make_user, make_department, city, bureau
):
    person = make_user("city", Role.COORDINATOR, department=bureau, region=city)
    own = make_department("甲市数据局", at=city)
    make_user("clerk", Role.OFFICER, department=own)

    assert [one.department for one in endorsement.standing(person)] == [own]
    with pytest.raises(PermissionDenied):
        endorsement.switch(police, by=person, **ALONE)
    assert not endorsement.switch(own, by=person, **ALONE).endorsement_required


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "officer", "reviewer", "leader"])
def test_nobody_else_decides_it(request, police, role):
    with pytest.raises(PermissionDenied):
        endorsement.switch(police, by=request.getfixturevalue(role), **ALONE)
