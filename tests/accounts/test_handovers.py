"""A/B 角: a deputy may do what the person may, for a time, under both names."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts import handovers, leaving, people, permissions
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Handover, User
from obligations import completion, dispatch
from obligations.evidence import NewEvidence
from obligations.models import Claim

pytestmark = pytest.mark.django_db
D = dt.date
ON, LAST = D(2025, 9, 1), D(2025, 9, 5)
PAPER = NewEvidence("document", "示例政数〔2025〕7号")


@pytest.fixture
def second_officer(make_user, police):
    return make_user("second", "officer", department=police)


@pytest.fixture
def name_deputy():
    def make(person, deputy, *, starts_on=ON, ends_on=LAST):
        return handovers.hand_over(deputy, by=person, on=ON, starts_on=starts_on, ends_on=ends_on)

    return make


@pytest.fixture
def acting(name_deputy):
    """acting(deputy, person): the deputy, in the person's place."""

    def make(deputy, person):
        held = name_deputy(person, deputy)
        user = User.objects.get(pk=deputy.pk)
        handovers.act(user, handovers.standing_in(user, on=ON).get(pk=held.pk))
        return user

    return make


@pytest.fixture
def in_progress(owe, police, coordinator, officer):
    row = owe(police)
    dispatch.issue(row, by=coordinator, on=ON)
    dispatch.accept(row, by=officer, on=ON)
    return row


def test_a_reviewer_in_an_officers_place_has_the_officers_rights_only(acting, officer, reviewer):
    deputy = acting(reviewer, officer)

    assert permissions.may(deputy, "claim")
    assert not permissions.may(deputy, "endorse")
    assert User.objects.get(pk=reviewer.pk).role == "reviewer"


@pytest.mark.parametrize(("day", "count"), [(31, 0), (1, 1), (5, 1), (6, 0)])
def test_it_holds_from_its_first_to_its_last_day(name_deputy, officer, reviewer, day, count):
    name_deputy(officer, reviewer)
    on = D(2025, 8, day) if day == 31 else D(2025, 9, day)

    assert handovers.standing_in(reviewer, on=on).count() == count


def test_it_ends_with_the_account_the_department_and_early(
    name_deputy, officer, reviewer, health, sysadmin
):
    held = name_deputy(officer, reviewer)
    User.objects.filter(pk=reviewer.pk).update(department=health)
    assert handovers.standing_in(reviewer, on=ON).count() == 0
    User.objects.filter(pk=reviewer.pk).update(department=officer.department)
    people.deactivate(officer, by=sysadmin)
    assert handovers.standing_in(reviewer, on=ON).count() == 0
    people.activate(officer, by=sysadmin)

    with pytest.raises(StaleVersion):
        handovers.end(held, by=reviewer, on=ON, version=2)
    handovers.end(held, by=reviewer, on=ON, version=1)

    assert handovers.standing_in(reviewer, on=ON).count() == 0
    with pytest.raises(RuleViolation):
        handovers.end(held, by=officer, on=ON, version=2)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (D(2025, 9, 2), ON),
        (D(2025, 8, 1), D(2025, 8, 31)),
        (ON, D(2027, 9, 1)),
    ],
)
def test_days_without_sense_are_refused(name_deputy, officer, reviewer, starts_on, ends_on):
    with pytest.raises(RuleViolation):
        name_deputy(officer, reviewer, starts_on=starts_on, ends_on=ends_on)


def test_only_one_colleague_of_the_department_at_a_time(
    name_deputy, officer, reviewer, second_officer, officer2, coordinator
):
    for stranger in (officer, officer2, coordinator):
        with pytest.raises(RuleViolation):
            name_deputy(officer, stranger)
    name_deputy(officer, reviewer)
    with pytest.raises(RuleViolation):
        name_deputy(officer, second_officer, starts_on=D(2025, 9, 5), ends_on=D(2025, 9, 9))
    name_deputy(officer, second_officer, starts_on=D(2025, 9, 6), ends_on=D(2025, 9, 9))
    with pytest.raises(PermissionDenied):
        name_deputy(coordinator, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(person=officer, deputy=officer, starts_on=ON, ends_on=ON)


def test_a_deputy_does_not_pass_it_on(acting, name_deputy, officer, reviewer, second_officer):
    with pytest.raises(RuleViolation):
        name_deputy(acting(reviewer, officer), second_officer)


def test_what_a_deputy_does_is_recorded_under_both_names(acting, in_progress, officer, reviewer):
    completion.claim(in_progress, by=acting(reviewer, officer), on=ON, with_evidence=[PAPER])

    entry = AuditEntry.objects.get(verb="claim")
    assert (entry.username, entry.detail["acting_for"]) == ("reviewer", "officer")
    made = Claim.objects.get()
    assert (made.claimed_by, made.claimed_for) == (reviewer, officer)


def test_neither_of_the_two_endorses_what_the_deputy_claimed(
    acting, name_deputy, make_user, in_progress, police, officer, reviewer, second_officer
):
    completion.claim(in_progress, by=acting(reviewer, officer), on=ON, with_evidence=[PAPER])

    # The person, standing in for another reviewer, and the deputy under the own name.
    other = make_user("other-reviewer", "reviewer", department=police)
    for person in (reviewer, acting(officer, other)):
        with pytest.raises(PermissionDenied):
            completion.endorse(in_progress, by=person, on=ON)
        with pytest.raises(PermissionDenied):
            completion.send_back(in_progress, by=person, on=ON, reason="不能退回")
    completion.endorse(in_progress, by=other, on=ON)


def test_a_deputy_does_not_endorse_the_own_claim_in_a_reviewers_place(
    acting, in_progress, officer, reviewer, second_officer
):
    completion.claim(in_progress, by=officer, on=ON, with_evidence=[PAPER])
    with pytest.raises(PermissionDenied):
        completion.endorse(in_progress, by=acting(officer, reviewer), on=ON)
    Handover.objects.update(ended_on=ON, ended_by=reviewer)

    completion.endorse(in_progress, by=acting(second_officer, reviewer), on=ON)

    made = Claim.objects.get()
    assert (made.endorsed_by, made.endorsed_for) == (second_officer, reviewer)


@pytest.mark.parametrize(
    "facts",
    [
        {"claimed_for": "officer", "endorsed_by": "officer"},
        {"claimed_for": "officer", "endorsed_by": "reviewer", "endorsed_for": "officer"},
        {"endorsed_by": "reviewer", "endorsed_for": "second"},
    ],
)
def test_the_database_holds_it_too(in_progress, officer, reviewer, second_officer, facts):
    by_name = {one.username: one for one in (officer, reviewer, second_officer)}
    people_of = {name: by_name[who] for name, who in facts.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            obligation=in_progress, claimed_by=second_officer, claimed_on=ON, **people_of
        )


def test_closing_an_account_shows_what_is_open_and_whom_it_falls_to(
    in_progress, officer, second_officer, reviewer
):
    dispatch.plan(in_progress, by=officer, on=ON, contact=("一处", officer.display_name, "1"))
    completion.claim(in_progress, by=officer, on=ON, with_evidence=[PAPER])

    of_officer, of_reviewer = leaving.of(officer, on=ON), leaving.of(reviewer, on=ON)

    assert [one.count for one in of_officer.held] == [1, 1, 1]
    assert (of_officer.heirs, of_officer.is_lost) == ([second_officer], False)
    assert ([one.count for one in of_reviewer.held], of_reviewer.is_lost) == ([1], True)
