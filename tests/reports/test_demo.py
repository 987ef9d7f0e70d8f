"""The demonstration province: everything a first visitor should see, made by the real verbs."""

import datetime as dt
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from accounts.models import AuditEntry, Role, User
from obligations import fulfilment
from obligations.models import (
    Block,
    Claim,
    DepartmentDay,
    Digest,
    Evidence,
    Exemption,
    Extension,
    Objection,
    Obligation,
    ObligationState,
    ResponsibilityList,
    Round,
    Status,
    UrgingNote,
)
from reports.sampling.staff import ACCOUNTS

TODAY = date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
pytestmark = [pytest.mark.django_db]
PASSWORD = "shown-at-the-start-1"
REACHABLE = {
    "milestone_passed",
    *("external", "not_issued", "withdrawn", "exempt", "blocked", "mending", "overdue"),
    *("claimed_late", "plan_passed", "due_soon", "verified_late", "verified", "waiting"),
    *("on_course", "in_grace", "promise_broken"),
}


@pytest.fixture(scope="module", autouse=True)
def province(django_db_setup, django_db_blocker, tmp_path_factory):
    """Loaded once for all tests of this file, and taken back afterwards."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DEMO_PASSWORD", PASSWORD)
    folder = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), folder, transaction.atomic():
        with time_machine.travel(NOON, tick=False):
            call_command("load_demo")
        yield
        transaction.set_rollback(True)
    patch.undo()


def test_every_status_and_every_reason_that_the_verbs_can_reach_is_shown():
    assert set(Obligation.objects.values_list("status", flat=True)) == set(Status.values)
    assert set(Obligation.objects.values_list("light_reason", flat=True)) == REACHABLE


def test_the_accounts_sign_in_with_the_password_of_the_environment(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    for username, role, _place, _name in ACCOUNTS:
        user = User.objects.get(username=username)
        assert user.is_active
        assert user.check_password(PASSWORD)
        assert user.role == role
    assert len(User.objects.filter(role__in=User.ADMINISTRATORS)) == 3


def test_officer_and_reviewer_share_a_department_with_much_to_see_and_officer2_has_another():
    officer, reviewer, other = (
        User.objects.get(username=name) for name in ("officer", "reviewer", "officer2")
    )
    assert officer.department == reviewer.department != other.department
    own = Obligation.objects.visible_to(officer)
    assert own.count() >= 15
    assert len(set(own.values_list("light", flat=True))) >= 4
    assert Obligation.objects.visible_to(other).count() >= 5


def test_nobody_can_sign_in_as_one_of_the_invented_people():
    invented = User.objects.filter(username__startswith="demo-")
    assert invented.exists()
    assert not any(user.is_active or user.has_usable_password() for user in invented)


def test_the_lists_say_that_they_are_samples():
    titles = ResponsibilityList.objects.values_list("title", flat=True)
    assert len(titles) == 2
    assert all(title.startswith("【示例】") for title in titles)


def test_claims_rest_on_evidence_of_every_kind():
    assert set(Evidence.objects.values_list("kind", flat=True)) == set(Evidence.Kind.values)
    assert not Claim.objects.filter(evidence=None, obligation__evidence=None).exists()
    names = Evidence.objects.filter(kind="file").values_list("name", flat=True)
    assert all(name.startswith("【示例】") for name in names)


def test_a_block_names_what_the_central_body_has_not_opened():
    assert Block.objects.filter(cause="not_opened", external_obligation__external=True).exists()


def test_every_act_is_on_the_audit_trail():
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"import_list", "issue", "accept", "claim", "endorse", "verify", "send_back"} <= verbs


def test_the_past_year_is_judged_and_has_totals_of_each_month():
    days = set(DepartmentDay.objects.values_list("day", flat=True))
    assert len({(day.year, day.month) for day in days}) >= 12
    past = [TODAY - timedelta(days=ago) for ago in (1, 5, 30, 100, 250, 364)]
    with transaction.atomic():
        found = {day: fulfilment.judge(as_of=day, today=TODAY) for day in past}
        transaction.set_rollback(True)
    assert found == dict.fromkeys(past, 0)


def test_loading_again_changes_nothing(capsys):
    before = (Obligation.objects.count(), ObligationState.objects.count(), User.objects.count())
    with time_machine.travel(NOON, tick=False):
        call_command("load_demo")
    after = (Obligation.objects.count(), ObligationState.objects.count(), User.objects.count())
    assert after == before
    assert PASSWORD not in capsys.readouterr().out


def test_the_three_administrators_are_three_accounts():
    roles = (Role.AUDITOR, Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR)
    assert {User.objects.get(role=role).username for role in roles} == {
        *("auditor", "secadmin", "sysadmin")
    }


def test_the_morning_has_reminders_and_a_department_was_urged():
    for username in ("coordinator", "officer", "reviewer"):
        digest = Digest.objects.get(user__username=username)
        assert digest.day == TODAY
        assert digest.lines
        assert digest.deliveries.get().channel == "mail"
    note = UrgingNote.objects.get()
    assert note.department == User.objects.get(username="officer").department
    assert note.rows.exists()
    assert note.received_at is None


def test_requests_of_every_kind_wait_and_the_officers_department_has_some():
    department = User.objects.get(username="officer").department
    for model in (Block, Extension, Exemption, Objection):
        assert model.objects.filter(outcome="").exists(), model
    for model in (Extension, Objection):
        assert model.objects.filter(outcome="", obligation__department=department).exists(), model
    assert set(Objection.objects.values_list("subject", flat=True)) == {"light", "return"}
    assert Extension.objects.filter(outcome="confirmed", new_due_on__isnull=False).exists()


def test_the_reviewer_finds_a_claim_to_endorse():
    reviewer = User.objects.get(username="reviewer")
    assert Obligation.objects.visible_to(reviewer).filter(status=Status.CLAIMED).exists()


def test_a_round_is_open_and_some_departments_have_answered():
    held = Round.objects.open().get()
    answers = dict(held.answers.values_list("department", "answered_at"))
    officer = User.objects.get(username="officer")
    assert held.cut_off_on > TODAY
    assert held.answers.unanswered().filter(department=officer.department).exists()
    assert 0 < sum(at is not None for at in answers.values()) < len(answers)
