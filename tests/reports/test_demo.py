"""The demonstration province: everything a first visitor should see, made by the real verbs."""

import datetime as dt
import socket
import stat
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.db.models import Max
from django.test import override_settings

from accounts.models import AuditEntry, Role, User
from docking import hosts
from docking.models import AllowedHost, Endpoint
from jobs.models import Job
from obligations import confirmations, fulfilment
from obligations.models import (
    Block,
    Claim,
    Confirmation,
    ContradictionCase,
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
from reports.sampling import simulating
from reports.sampling.staff import ACCOUNTS
from sharing_lists import push_keys
from sharing_lists.models import DataRequest, Delivery, PushKey
from simulator import plan
from simulator.plan import Habit

TODAY = date(2026, 11, 23)
NOON = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.long]
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


def test_each_sort_of_contradiction_waits_with_both_sides_and_the_officer_has_some():
    found = ContradictionCase.objects.open()
    assert set(found.values_list("code", flat=True)) == {
        *("live_but_down", "consumer_says_unusable", "verified_but_stale"),
        *("claimed_but_nothing_arrived", "red_but_on_time"),
    }
    assert all(one.facts for one in found)
    own = found.filter(obligation__department__users__username="officer")
    assert own.filter(code="live_but_down").exists()


def test_consumers_have_spoken_in_different_words_and_the_officer_is_asked():
    said = Confirmation.objects.filter(word="unusable").values_list("reason", flat=True)
    assert len(set(said)) > 1
    officer = User.objects.get(username="officer")
    assert confirmations.unanswered(officer, on=TODAY).exists()


def test_deliveries_come_from_every_source_and_one_department_is_behind():
    assert set(Delivery.objects.values_list("source", flat=True)) == set(Delivery.Source.values)
    assert Delivery.objects.filter(source="receipt", calls__isnull=False).exists()


def test_one_loopback_address_is_allowed_for_probes_and_says_that_it_is_a_sample():
    allowed = AllowedHost.objects.get()
    assert allowed.host == "127.0.0.1"
    assert allowed.document_number.startswith("【示例】")
    assert allowed.note.startswith("【示例】")
    probed = Endpoint.objects.in_use().allowed()
    assert set(probed.values_list("host", "port")) == {(allowed.host, allowed.port)}
    assert Endpoint.objects.not_allowed().exists()


def test_endpoints_stand_in_every_state_and_one_turns_with_the_first_round():
    states = set(Endpoint.objects.values_list("state", flat=True))
    assert states == set(Endpoint.State.values)
    assert Endpoint.objects.filter(state="up", failure_count=2).exists()
    assert Job.objects.filter(kind="docking.probe", state="queued").count() == 1


def test_the_simulator_is_told_what_to_do_and_nobody_else(tmp_path, capsys):
    path = simulating.write_plan(tmp_path)
    planned = plan.read(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert planned.port == AllowedHost.objects.get().port
    assert {one.habit for one in planned.systems} == set(Habit)
    delivering = [one for one in planned.systems if one.resources]
    assert sum(len(one.resources) for one in delivering) > 15
    assert {"daily", "weekly"} <= {it.cycle for one in delivering for it in one.resources}
    said = [str(detail) for detail in AuditEntry.objects.values_list("detail", flat=True)]
    shown = capsys.readouterr()
    for one in planned.systems:
        assert len(one.secret) > 20
        assert not any(one.secret in text for text in (*said, shown.out, shown.err))


def test_what_stopped_in_the_past_is_not_taken_up_again(tmp_path):
    cases = ContradictionCase.objects.open().filter(code="verified_but_stale")
    newest = Max("obligation__deliveries__counts_to")
    ago = timedelta(days=7)
    stopped = cases.annotate(newest=newest).filter(newest__lt=TODAY - ago)
    titles = set(stopped.values_list("obligation__item__title", flat=True))
    codes = set(stopped.values_list("obligation__item__sharing_terms__catalogue_code", flat=True))
    planned = plan.read(simulating.write_plan(tmp_path))
    goes_on = [one for one in planned.systems if one.habit != Habit.BROKEN]
    assert titles
    assert not (titles | codes) & {it.name for one in goes_on for it in one.resources}


def test_the_plan_follows_a_key_that_was_rotated_and_one_that_was_revoked(tmp_path):
    first, second = PushKey.objects.filter(
        system="【示例】前置机", deliveries__isnull=False
    ).distinct()[:2]
    coordinator = User.objects.get(username="coordinator")
    new, secret = push_keys.rotate(first, by=coordinator)
    push_keys.revoke(second, by=coordinator)
    planned = {one.key: one for one in plan.read(simulating.write_plan(tmp_path)).systems}
    assert planned[new.code].secret == secret
    assert planned[new.code].resources
    assert not {first.code, second.code} & planned.keys()


def test_when_its_port_is_taken_permission_and_endpoints_move_together(tmp_path):
    before = AllowedHost.objects.get()
    count = Endpoint.objects.in_use().allowed().count()
    with socket.socket() as other:
        other.bind((before.host, before.port))
        other.listen()
        planned = plan.read(simulating.write_plan(tmp_path))
    now = AllowedHost.objects.in_force().get()
    assert now.port == planned.port != before.port
    assert now.document_number.startswith("【示例】")
    moved = Endpoint.objects.in_use().allowed()
    assert moved.count() == count
    assert {one.url.split("/")[2] for one in moved} == {f"127.0.0.1:{now.port}"}


def test_where_the_permission_cannot_move_receipts_go_on(tmp_path):
    allowed = AllowedHost.objects.get()
    User.objects.filter(username="sysadmin").update(username="renamed")
    with socket.socket() as other:
        other.bind((allowed.host, allowed.port))
        other.listen()
        planned = plan.read(simulating.write_plan(tmp_path))
    assert planned.port != allowed.port
    assert planned.systems
    assert AllowedHost.objects.get() == allowed


def test_nothing_is_made_up_outside_the_sample_lists(tmp_path):
    ResponsibilityList.objects.update(is_demo=False)
    assert not simulating.is_wanted()
    assert not any(one.resources for one in plan.read(simulating.write_plan(tmp_path)).systems)


def test_a_permission_that_the_administrator_took_back_is_not_entered_again(tmp_path):
    allowed = AllowedHost.objects.get()
    sysadmin = User.objects.get(username="sysadmin")
    hosts.withdraw(allowed, by=sysadmin, version=allowed.version)
    simulating.write_plan(tmp_path)
    assert not AllowedHost.objects.in_force().exists()


def test_requests_of_every_sort_are_shown_some_of_them_on_the_officers_desk():
    officer, requests = User.objects.get(username="officer"), DataRequest.objects
    assert set(requests.values_list("answer", flat=True)) == {"", "agreed", "refused"}
    assert requests.filter(extension_days__gt=0).exists()
    assert requests.late(TODAY).exists()
    assert requests.filter(kind="correct").open().exists()
    assert requests.visible_to(officer).filter(obligation__department=officer.department).exists()
    assert all(one.startswith("【示例】") for one in requests.values_list("subject", flat=True))
