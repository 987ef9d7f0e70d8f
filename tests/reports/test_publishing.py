"""A report is a draft, reviewed, published by another person, withdrawn: there is no other way."""

import contextlib
import datetime as dt
import itertools

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Role
from jobs.models import Job
from obligations import light_versions
from obligations.models import LightRule, ListItem, Obligation
from reports import freezing, publishing, snapshots, totalling
from reports.models import Snapshot
from reports.scopes import Scope
from reports.snapshot_states import STARTS

pytestmark = pytest.mark.settled("taken")
AS_OF = dt.date(2025, 11, 21)
STATES = ("draft", "reviewed", "published", "withdrawn")
REASON = {"reason": "口径有误"}
ACTS = {
    "review_report": (publishing.review, {}),
    "send_back_report": (publishing.send_back, REASON),
    "publish_report": (publishing.publish, {}),
    "withdraw_report": (publishing.withdraw, REASON),
    "tie_scores": (publishing.tie_scores, {}),
    "untie_scores": (publishing.untie_scores, {}),
    "remake_workbook": (publishing.remake_workbook, {}),
}
# From which state which act leads where; everything else is refused.
LEADS = {
    ("draft", "review_report"): "reviewed",
    ("draft", "tie_scores"): "draft",
    ("reviewed", "send_back_report"): "draft",
    ("reviewed", "publish_report"): "published",
    ("published", "withdraw_report"): "withdrawn",
}
NOT_COORDINATORS = ("officer", "reviewer", "leader", "auditor", "secadmin", "sysadmin")


@pytest.fixture
def taken(owe, police, coordinator):
    owe(police, status="issued")
    return snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)


def act(snapshot, verb, by, **more):
    do, said = ACTS[verb]
    do(snapshot, by=by, on=AS_OF, **{**said, **more})


def test_every_verb_stands_in_the_table():
    assert STARTS.keys() == ACTS.keys()


@pytest.mark.parametrize("state", STATES)
def test_from_each_state_each_act_leads_where_the_table_says(taken, bring, second, state):
    bring(taken, state)
    version, offered = taken.version, publishing.allowed(taken, by=second)
    assert set(offered) == {verb for start, verb in LEADS if start == state}
    for verb in ACTS:
        if (state, verb) not in LEADS:
            with pytest.raises(RuleViolation):
                act(taken, verb, second)
            taken.refresh_from_db()
            assert (taken.state, taken.version) == (state, version)
            continue
        with undone(taken):
            act(taken, verb, second)
            assert (taken.state, taken.version) == (LEADS[state, verb], version + 1)
            entry = AuditEntry.objects.of("reports.snapshot", taken.pk).last()
            assert (entry.verb, entry.user_id) == (verb, second.pk)
            assert entry.detail["changes"]["state"] == [state, taken.state]


@contextlib.contextmanager
def undone(snapshot):
    """What is done inside is taken back."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)
    snapshot.refresh_from_db()


def test_only_coordinators_decide_on_reports(taken, bring, request):
    people = [request.getfixturevalue(who) for who in NOT_COORDINATORS]
    for state in STATES:
        bring(taken, state)
        assert {tuple(publishing.allowed(taken, by=user)) for user in people} == {()}
        for user, verb in itertools.product(people, ACTS):
            with pytest.raises(PermissionDenied):
                act(taken, verb, user)
        taken.refresh_from_db()
        assert taken.state == state


def test_a_citys_coordinator_decides_on_the_citys_reports_alone(
    taken, make_department, make_user, city, owe, coordinator, police
):
    bureau = make_department("甲市数据局", at=city)
    owe(bureau, status="issued")
    local, other = (
        make_user(name, Role.COORDINATOR, department=bureau, region=city) for name in ("a", "b")
    )
    with pytest.raises(PermissionDenied):
        publishing.review(taken, by=local, on=AS_OF)
    elsewhere = snapshots.take(
        as_of=AS_OF, today=AS_OF, by=coordinator, scope=Scope(department=police)
    )
    assert not elsewhere.is_own
    with pytest.raises(PermissionDenied):
        publishing.review(elsewhere, by=local, on=AS_OF)
    own = snapshots.take(as_of=AS_OF, today=AS_OF, by=local, scope=Scope(region=city))
    publishing.review(own, by=local, on=AS_OF)
    publishing.publish(own, by=other, on=AS_OF)
    publishing.withdraw(own, by=coordinator, on=AS_OF, reason="口径有误")


def test_who_reviewed_does_not_publish_and_the_maker_may_do_either(taken, coordinator, second):
    publishing.review(taken, by=coordinator, on=AS_OF)
    with pytest.raises(PermissionDenied, match="审核"):
        publishing.publish(taken, by=coordinator, on=AS_OF)
    assert "publish_report" not in publishing.allowed(taken, by=coordinator)
    publishing.send_back(taken, by=coordinator, on=AS_OF, reason="请核对合计")
    publishing.review(taken, by=second, on=AS_OF)
    publishing.publish(taken, by=coordinator, on=AS_OF)
    assert (taken.reviewed_by, taken.published_by) == (second, coordinator)


def test_who_stands_in_for_the_reviewer_does_not_publish_either(taken, coordinator, second):
    publishing.review(taken, by=coordinator, on=AS_OF)
    second.acting_for = coordinator
    with pytest.raises(PermissionDenied, match="审核"):
        publishing.publish(taken, by=second, on=AS_OF)
    assert "publish_report" not in publishing.allowed(taken, by=second)


def test_scores_are_tied_once_and_drafted_for_the_own_territory_alone(
    taken, coordinator, owe, make_department, city
):
    owe(make_department("甲市教育局", at=city), status="issued")
    local = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=Scope(region=city))
    publishing.tie_scores(local, by=coordinator, on=AS_OF)
    assert not Job.objects.exists()
    publishing.tie_scores(taken, by=coordinator, on=AS_OF)
    assert Job.objects.count() == 1
    with pytest.raises(RuleViolation, match="已"):
        publishing.tie_scores(taken, by=coordinator, on=AS_OF)
    assert "tie_scores" not in publishing.allowed(taken, by=coordinator)


def test_what_the_machine_made_needs_two_people_as_well(owe, police, coordinator, second):
    owe(police, status="issued")
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=None)
    publishing.review(taken, by=coordinator, on=AS_OF)
    with pytest.raises(PermissionDenied):
        publishing.publish(taken, by=coordinator, on=AS_OF)
    publishing.publish(taken, by=second, on=AS_OF)
    assert taken.taken_by is None


def test_names_stay_as_they_were_and_a_return_takes_the_review_away(taken, coordinator, second):
    coordinator.last_name, coordinator.first_name = "陈", "静"
    coordinator.save()
    publishing.review(taken, by=coordinator, on=AS_OF)
    coordinator.last_name = "李"
    coordinator.save()
    taken.refresh_from_db()
    assert taken.reviewed_by_name == "陈静"
    publishing.send_back(taken, by=second, on=AS_OF, reason=" 请核对合计 ")
    assert (taken.reviewed_by, taken.reviewed_at, taken.reviewed_by_name) == (None, None, "")
    assert taken.return_reason == "请核对合计"
    publishing.review(taken, by=second, on=AS_OF)
    assert taken.return_reason == ""


@pytest.mark.parametrize("verb", ["send_back_report", "withdraw_report"])
def test_sending_back_and_withdrawing_need_a_reason(taken, bring, second, verb):
    bring(taken, "reviewed" if verb == "send_back_report" else "published")
    with pytest.raises(RuleViolation, match="理由"):
        act(taken, verb, second, reason="  ")


@pytest.mark.parametrize("verb", ACTS)
def test_who_saw_an_older_version_is_told_who_changed_what(taken, bring, second, verb):
    bring(taken, next((start for start, name in LEADS if name == verb), "draft"))
    if taken.state == "draft":
        publishing.review(taken, by=second, on=AS_OF)
        publishing.send_back(taken, by=second, on=AS_OF, reason="请核对合计")
    last = AuditEntry.objects.of("reports.snapshot", taken.pk).last()
    with pytest.raises(StaleVersion, match=last.username) as refused:
        act(taken, verb, second, version=taken.version - 1)
    assert refused.value.facts["verb"] == last.verb


def digest(snapshot):
    lines = [list(snapshot.lines.order_by("pk").values()), list(snapshot.figures.values())]
    fixed = Snapshot.objects.filter(pk=snapshot.pk).values("as_of", "scope_name", "rules_version")
    return lines, list(fixed)


@pytest.mark.parametrize("state", ["reviewed", "published", "withdrawn"])
def test_every_process_that_writes_lines_refuses_what_people_decided_on(
    taken, bring, owe, police, state
):
    bring(taken, state)
    before = digest(taken)
    owe(police, status="issued")
    for write in (
        lambda: freezing.freeze(taken, scope=Scope(), today=AS_OF),
        lambda: totalling.total(taken, scope=Scope()),
    ):
        with pytest.raises(RuleViolation):
            write()
    assert digest(taken) == before


def test_later_changes_alter_nothing_of_what_is_published(
    province, snapshot, bring, police, officer, coordinator, sharing_list
):
    bring(snapshot, "published")
    before = digest(snapshot)
    due_on = dt.date(2026, 6, 30)
    Obligation.objects.update(light="grey", due_on=due_on)
    police.name = "省公安厅（新）"
    police.save()
    sharing_list.title = "改名后的清单"
    sharing_list.save()
    ListItem.objects.update(title="改名", scenes="")
    light_versions.seed()
    LightRule.objects.update(conditions=[{"code": "external", "days": None}])
    assert digest(snapshot) == before
    again = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    assert digest(again) != before


SIGNED = {
    "reviewed": {"reviewed_by": 1, "reviewed_at": timezone.now(), "reviewed_by_name": "甲"},
    "published": {"published_by": 2, "published_at": timezone.now(), "published_by_name": "乙"},
    "withdrawn": {"withdrawn_by": 2, "withdrawn_at": timezone.now(), "withdrawn_by_name": "乙"},
}


def signed(*acts, people, **more):
    """Columns as these acts leave them; 1 and 2 stand for two people."""
    facts = {name: value for act in acts for name, value in SIGNED[act].items()}
    facts |= more
    ids = {1: people[0].pk, 2: people[1].pk}
    return {
        f"{name}_id" if name.endswith("_by") else name: ids.get(value, value)
        if name.endswith("_by")
        else value
        for name, value in facts.items()
    }


WRONG = [
    ((), {"state": "printed"}),
    ((), {"state": "reviewed"}),
    (("reviewed",), {"state": "draft"}),
    (("reviewed",), {"state": "reviewed", "reviewed_at": None}),
    (("reviewed",), {"state": "reviewed", "reviewed_by": None}),
    (("reviewed",), {"state": "reviewed", "reviewed_by_name": ""}),
    (("reviewed",), {"state": "published"}),
    (("published",), {"state": "published"}),
    (("reviewed", "published"), {"state": "published", "published_by": 1}),
    (("reviewed", "published"), {"state": "reviewed"}),
    (("reviewed", "published"), {"state": "withdrawn", "withdraw_reason": "口径有误"}),
    (("reviewed", "published", "withdrawn"), {"state": "withdrawn"}),
    (
        ("reviewed", "published"),
        {"state": "published", "withdraw_reason": "口径有误"},
    ),
    ((), {"is_own": True}),
    ((), {"scene": "新生儿出生", "batch": 7, "batch_kind": "sharing", "batch_level": "city"}),
    ((), {"batch": 7}),
    ((), {"batch_kind": "sharing"}),
    ((), {"scene": "新生儿出生", "with_scores": True}),
]


def test_the_database_refuses_what_no_process_would_write(taken, coordinator, second):
    for acts, more in WRONG:
        facts = signed(*acts, people=(coordinator, second), **more)
        with pytest.raises(IntegrityError), transaction.atomic():
            Snapshot.objects.filter(pk=taken.pk).update(**facts)


def test_the_database_takes_what_the_processes_write(taken, coordinator, second):
    """The negative control of the test above: what is wrong there is what each row says more."""
    people = (coordinator, second)
    for facts in (
        signed("reviewed", people=people, state="reviewed"),
        signed("reviewed", "published", people=people, state="published"),
        signed(*SIGNED, people=people, state="withdrawn", withdraw_reason="口径有误"),
    ):
        assert Snapshot.objects.filter(pk=taken.pk).update(**facts) == 1
