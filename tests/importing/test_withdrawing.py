"""What an edition withdraws ends with all that is open on it, and comes back whole."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Role
from obligations import deciding
from obligations.importing import withdrawing
from obligations.models import (
    Block,
    Claim,
    Exemption,
    Extension,
    Objection,
    Obligation,
    ObligationState,
)
from obligations.today import today
from tests.obligations import lives

pytestmark = pytest.mark.django_db
# Verb that waits -> the status in which it does.
WAITING = {
    "endorse": "claimed",
    "confirm_block": "in_progress",
    "lift_block": "in_progress",
    "grant_exemption": "in_progress",
    "approve_extension": "in_progress",
    "uphold_objection": "in_progress",
}
REQUESTS = (Claim, Block, Exemption, Extension, Objection)


@pytest.fixture
def rows(make_item, make_user, police, bureau):
    """One obligation for each thing that may be open on one."""
    people = (
        make_user("other-officer", Role.OFFICER, department=police),
        make_user("other-reviewer", Role.REVIEWER, department=police),
        make_user("other-coordinator", Role.COORDINATOR, department=bureau),
    )
    return [
        lives.make(make_item(police), police, status, verb=verb, people=people)
        for verb, status in WAITING.items()
    ]


def on_record():
    """Everything about requests, and how each obligation stands."""
    return [list(model.objects.order_by("pk").values()) for model in REQUESTS], list(
        Obligation.objects.order_by("pk").values_list("pk", "status", "blocked", "due_on")
    )


def test_obligations_that_go_leave_nothing_open_behind(rows, coordinator):
    ids = [row.pk for row in rows]

    withdrawing.withdraw_obligations(ids, by=coordinator, on=today(), reason="清单调整")

    assert {row.status for row in Obligation.objects.all()} == {"withdrawn"}
    assert not any(model.objects.filter(outcome="").exists() for model in REQUESTS)
    assert not Block.objects.filter(outcome="confirmed", ended_on=None).exists()
    assert Claim.objects.get().outcome == "taken_back"
    assert {one.outcome for one in (*Extension.objects.all(), *Objection.objects.all())} == {
        "lapsed"
    }
    assert Exemption.objects.get().decision_note == "清单调整"


def test_it_ends_as_when_a_person_withdraws_them(rows, coordinator, make_item, make_user, police):
    by_hand = rows[0].pk
    withdrawing.withdraw_obligations([by_hand], by=coordinator, on=today(), reason="清单调整")
    machine = Claim.objects.values("outcome", "decided_by", "decided_on", "reason").get()
    deciding.open_again({name: [Claim.objects.get().pk] for name in deciding.OPEN})
    Obligation.objects.filter(pk=by_hand).update(status="claimed")

    lives.DOING["withdraw"](Obligation.objects.get(pk=by_hand), by=coordinator, on=today())

    person = Claim.objects.values("outcome", "decided_by", "decided_on", "reason").get()
    assert person == machine | {"reason": lives.REASON["reason"]}


def test_taken_back_everything_waits_again(rows, coordinator):
    before = on_record()
    items = [row.item for row in rows]

    gone = withdrawing.withdraw(items, by=coordinator, on=today(), reason="清单调整")
    assert on_record() != before
    withdrawing.take_back(gone, by=coordinator, on=today())

    assert on_record() == before


def test_each_obligation_has_its_audit_row_and_its_state(rows, coordinator):
    versions = {row.pk: row.version for row in rows}
    withdrawing.withdraw_obligations(list(versions), by=coordinator, on=today(), reason="清单调整")

    entries = AuditEntry.objects.filter(verb="withdraw")
    assert sorted(int(one.object_id) for one in entries) == sorted(versions)
    for one in entries:
        assert one.detail["version"] == versions[int(one.object_id)] + 1
        assert one.detail["changes"]["status"][1] == "withdrawn"
        assert one.detail["reason"] == "清单调整"
        assert (one.username, one.department_id) == (coordinator.username, rows[0].department_id)
        assert dt.datetime.now(dt.UTC) - one.at < dt.timedelta(minutes=5)
    now = ObligationState.objects.filter(valid_to=None)
    assert {one.status for one in now} == {"withdrawn"}
    assert now.count() == len(rows)


def test_ten_times_as_many_need_no_more_statements(owe, police, coordinator):
    few, many = [[owe(police) for _number in range(count)] for count in (3, 30)]

    def statements(rows):
        with CaptureQueriesContext(connection) as done:
            withdrawing.withdraw_obligations(
                [row.pk for row in rows], by=coordinator, on=today(), reason="清单调整"
            )
        return len(done)

    statements(few)  # calendars and rules are read once
    again = [owe(police) for _number in range(3)]
    assert statements(many) == statements(again)
