"""One verb on many obligations: all or none, each refusal with its reason, few statements."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import RuleViolation, StaleVersion
from accounts.models import AuditEntry, Level
from obligations import blocks, completion, dispatch, extensions
from obligations.models import Claim, Extension, Obligation, ObligationState
from tests.obligations import lives

D = dt.date
ON = D(2025, 9, 5)

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(make_item, police, others):
    def make(status, *, count=3, verb="", on_list=None):
        for _number in range(count):
            item = make_item(police, on_list=on_list)
            lives.make(item, police, status, verb=verb, people=others)
        return Obligation.objects.all()

    return make


def versions(rows):
    return dict(rows.values_list("pk", "version"))


CASES = [
    ("draft", "issue", dispatch.issue_many, {"note": "请抓紧"}, "coordinator", "issued"),
    ("issued", "accept", dispatch.accept_many, {}, "officer", "in_progress"),
    ("issued", "plan", dispatch.plan_many, {"planned_on": D(2025, 11, 3)}, "officer", "issued"),
    ("claimed", "endorse", completion.endorse_many, {}, "reviewer", "endorsed"),
    ("endorsed", "verify", completion.verify_many, {}, "coordinator", "verified"),
    (
        "endorsed",
        "send_back",
        completion.send_back_many,
        {"reason": "缺"},
        "coordinator",
        "in_progress",
    ),
    ("claimed", "withdraw", dispatch.withdraw_many, {"reason": "调"}, "coordinator", "withdrawn"),
    ("in_progress", "approve_extension", extensions.approve_many, {}, "coordinator", "in_progress"),
    (
        "in_progress",
        "refuse_extension",
        extensions.refuse_many,
        {"reason": "不"},
        "coordinator",
        "in_progress",
    ),
]


@pytest.mark.parametrize(("status", "verb", "do", "said", "who", "after"), CASES)
def test_many_are_moved_recorded_and_audited(request, several, status, verb, do, said, who, after):
    rows = several(status, verb=verb)
    before = versions(rows)

    assert do(rows, by=request.getfixturevalue(who), on=ON, versions=before, **said) == 3

    assert set(rows.values_list("status", flat=True)) == {after}
    assert versions(rows) == {pk: version + 1 for pk, version in before.items()}
    assert ObligationState.objects.filter(valid_to=None, status=after).count() == 3
    assert AuditEntry.objects.filter(verb=verb).count() == 3


@pytest.mark.parametrize(("status", "verb", "do", "said", "who", "after"), CASES)
def test_a_row_that_another_changed_meanwhile_refuses_all(
    request, several, coordinator, status, verb, do, said, who, after
):
    rows = several(status, verb=verb)
    seen = versions(rows)
    touched = rows.first()
    Obligation.objects.filter(pk=touched.pk).update(version=touched.version + 1)

    with pytest.raises(StaleVersion) as refusal:
        do(rows, by=request.getfixturevalue(who), on=ON, versions=seen, **said)

    assert [one["id"] for one in refusal.value.facts["refused"]] == [touched.pk]
    assert set(rows.values_list("status", flat=True)) == {status}


@pytest.mark.parametrize(("status", "verb", "do", "said", "who", "after"), CASES)
def test_sixty_take_no_more_statements_than_their_chunks(
    request, several, status, verb, do, said, who, after
):
    if verb in ("approve_extension", "refuse_extension"):
        pytest.skip("each request is decided with its own days")
    rows = several(status, verb=verb, count=60)
    with CaptureQueriesContext(connection) as captured:
        do(rows, by=request.getfixturevalue(who), on=ON, versions=versions(rows), **said)

    assert len(captured) < 50


def test_it_is_the_same_as_one_by_one(several, coordinator):
    rows = several("endorsed", count=2)
    one, other = rows
    completion.send_back(one, by=coordinator, on=ON, reason="缺")
    completion.send_back_many(rows.filter(pk=other.pk), by=coordinator, on=ON, reason="缺")
    one.refresh_from_db()
    other.refresh_from_db()

    own = ("id", "item_id", "created_at", "claimed_at", "_state")
    facts = [{k: v for k, v in vars(row).items() if k not in own} for row in (one, other)]
    assert facts[0] == facts[1]
    claims = Claim.objects.values("outcome", "decided_by", "decided_on", "reason", "mend_until")
    assert claims[0] == claims[1]


def test_every_row_that_refuses_is_named_with_its_reason(several, officer, coordinator):
    rows = several("endorsed")
    first, second, _third = rows
    blocks.Block.objects.create(
        obligation=first, cause="other", reason="等", asked_by=officer, asked_on=ON
    )
    Obligation.objects.filter(pk=second.pk).update(claimed_by=coordinator)

    with pytest.raises(RuleViolation) as refusal:
        completion.verify_many(rows, by=coordinator, on=ON)

    refused = refusal.value.facts["refused"]
    assert [one["id"] for one in refused] == [first.pk, second.pk]
    assert "受阻" in refused[0]["why"]
    assert "本人" in refused[1]["why"]
    assert set(rows.values_list("status", flat=True)) == {"endorsed"}


def test_a_national_row_among_many_refuses_all_without_the_superiors_document(
    several, coordinator, sharing_list
):
    rows = several("in_progress", verb="approve_extension")
    sharing_list.level = Level.CENTRAL
    sharing_list.save()
    with pytest.raises(RuleViolation, match="文号"):
        extensions.approve_many(rows, by=coordinator, on=ON)
    assert set(Extension.objects.values_list("outcome", flat=True)) == {""}

    extensions.approve_many(rows, by=coordinator, on=ON, document_number="国数〔2025〕1号")
    assert set(Extension.objects.values_list("outcome", flat=True)) == {"confirmed"}


def test_what_an_opening_unblocks_is_lifted_at_once(
    owe, police, ministry, officer, coordinator, make_item
):
    item = make_item(police)
    external = owe(ministry, external=True, item=item)
    waiting = owe(police, item=item, duty="apply", depends_on=external)
    other = owe(police)
    for row, cause in ((waiting, "not_opened"), (other, "technical")):
        dispatch.issue(row, by=coordinator, on=D(2025, 8, 4))
        blocks.ask(row, by=officer, on=D(2025, 12, 22), cause=cause, reason="未开放")
        blocks.confirm(row, by=coordinator, on=D(2025, 12, 23))
    with pytest.raises(RuleViolation, match="已开放"):
        blocks.lift_those_waiting_for(external, by=coordinator, on=D(2026, 2, 13))
    dispatch.record_opening(
        external, by=coordinator, on=D(2026, 2, 13), opened_on=D(2026, 2, 13), note="函告"
    )

    assert blocks.lift_those_waiting_for(external, by=coordinator, on=D(2026, 2, 13)) == 1

    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.blocked, waiting.due_on) == (False, D(2026, 3, 2))
    assert other.blocked
