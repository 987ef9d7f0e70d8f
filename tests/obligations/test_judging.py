"""A day judged late, twice or out of order says what it said when it was judged in its time."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from obligations import confirmations, dispatch, fulfilment, history
from obligations.models import (
    CheckResult,
    Confirmation,
    DepartmentCheck,
    DepartmentDay,
    Evidence,
    Obligation,
    ObligationState,
)
from obligations.today import moment
from sharing_lists.models import Delivery
from tests.thorough import sampled

D = dt.date
DAY = dt.timedelta(days=1)
START, DAYS = D(2025, 9, 15), 20
END = START + DAYS * DAY
pytestmark = pytest.mark.django_db

# What may become of an obligation on a day; what does not fit the status is left out.
EVENT = st.tuples(
    st.integers(0, 1),
    st.integers(1, DAYS - 1),
    st.sampled_from(
        ["claim", "verify", "evidence", "late", "arrived", "usable", "unusable", "block", "exempt"]
    ),
)


def happen(row, what, on, *, consumer):
    """One event of the life of an obligation, by the facts that its process would write."""
    row.refresh_from_db()
    facts = {}
    if what == "claim" and row.status == "in_progress":
        facts = {"status": "endorsed", "completed_on": on, "blocked": False}
        facts |= {"decide_by": on + 5 * DAY}
    elif what == "verify" and row.status == "endorsed":
        facts = {"status": "verified", "verified_on": on}
        facts |= {"delivery_due_on": on + DAY, "delivery_grace_on": on + 3 * DAY}
    elif what == "evidence":
        Evidence.objects.create(obligation=row, kind="document", text="号", added_on=on)
    elif what in ("late", "arrived") and row.status == "verified":
        gap = -1 if what == "late" else 4
        facts = {"delivery_due_on": on + gap * DAY, "delivery_grace_on": on + (gap + 2) * DAY}
        if what == "arrived":
            Delivery.objects.create(
                obligation=row, arrived_at=moment(on), arrived_on=on, source="log", **_covering(on)
            )
    elif what == "block" and row.status == "in_progress":
        facts = {"blocked": not row.blocked}
    elif what == "exempt":
        facts = {"exempt": not row.exempt}
    elif what in ("usable", "unusable") and row.status == "verified":
        _say(row, what, on, by=consumer)
    if facts:
        Obligation.objects.filter(pk=row.pk).update(**facts)
        history.record(row, on=on)


def _covering(on):
    return {"counts_from": on, "counts_to": on, "outcome": "kept"}


def _say(row, word, on, *, by):
    standing = Confirmation.objects.standing().filter(obligation=row).first()
    version = standing.version if standing else 0
    confirmations.say(row, word=word, reason="超时", by=by, on=on, version=version)


def said(day):
    """Everything that is on record of a day."""
    lights = ObligationState.objects.at(day).order_by("obligation")
    found = CheckResult.objects.at(day).order_by("obligation", "check_code")
    checks = DepartmentCheck.objects.filter(day=day).order_by("department")
    totals = DepartmentDay.objects.filter(day=day).order_by("department", "list")
    return [
        list(lights.values_list("obligation", "light_reason")),
        list(found.values_list("obligation", "check_code", "outcome")),
        list(checks.values_list("department", "checked", "counted", "failed")),
        [{k: v for k, v in row.items() if k != "id"} for row in totals.values()],
    ]


def everything():
    """All rows that a check writes, but for the moment at which they were written."""
    models = (ObligationState, CheckResult, DepartmentCheck, DepartmentDay)
    moments = ("id", "recorded_at")
    return [
        sorted(
            tuple((k, str(v)) for k, v in row.items() if k not in moments)
            for row in model.objects.values()
        )
        for model in models
    ]


@pytest.fixture
def lives(owe, make_item, police, health, coordinator):
    """Two obligations that are on their way, and a consumer of both."""
    rows = []
    for due in (START + 4 * DAY, START + 12 * DAY):
        row = owe(police, item=make_item(police), due_on=due, on=START)
        Obligation.objects.filter(pk=row.pk).update(status="in_progress", issued_at=moment(START))
        history.record(row, on=START)
        uses = owe(health, item=row.item, duty="use", on=START)
        dispatch.issue(uses, by=coordinator, on=START)
        rows.append(row)
    return rows


@sampled(2, quick=1)
@given(
    events=st.lists(EVENT, max_size=10),
    order=st.lists(st.integers(1, DAYS), min_size=2, max_size=5, unique=True),
)
def test_a_day_that_is_judged_late_says_what_it_said_in_its_time(lives, officer2, events, order):
    events = sorted(events, key=lambda one: one[1])
    told = []
    for late in (False, True):
        with transaction.atomic():
            _live(lives, events, [] if late else order, consumer=officer2)
            for day in order if late else []:
                fulfilment.check(as_of=START + day * DAY, today=END + DAY)
            told.append([said(START + day * DAY) for day in sorted(order)])
            assert not DepartmentCheck.objects.filter(checked=False).exists()
            before = everything()
            for day in reversed(order):
                fulfilment.check(as_of=START + day * DAY, today=END + DAY)
            assert everything() == before
            transaction.set_rollback(True)
    assert told[0] == told[1]


def _live(rows, events, checked, *, consumer):
    for day in range(DAYS + 1):
        on = START + day * DAY
        for which, when, what in events:
            if when == day:
                happen(rows[which], what, on, consumer=consumer)
        if day in checked:
            fulfilment.check(as_of=on, today=on)


def test_a_missed_day_between_two_checked_ones_leaves_the_later_one_as_it_was(verified, police):
    """The data were late for some days; nobody looked then."""
    days = [D(2025, 9, 10), D(2025, 9, 15), D(2025, 9, 20)]
    for day, due in zip(days, (days[0], D(2025, 9, 12), days[2]), strict=True):
        Obligation.objects.filter(pk=verified.pk).update(
            delivery_due_on=due, delivery_grace_on=due + 9 * DAY
        )
        history.record(verified, on=day)
    Delivery.objects.create(
        obligation=verified,
        arrived_at=moment(days[0]),
        arrived_on=days[0],
        source="log",
        **_covering(days[0]),
    )
    for day in (days[0], days[2], days[1]):
        fulfilment.check(as_of=day, today=days[2])
    found = [
        CheckResult.objects.at(day).get(check_code="data_arrives").outcome
        for day in (*days, days[2] + DAY)
    ]
    assert found == ["pass", "warn", "pass", "pass"]
    assert not CheckResult.objects.filter(until__lte=F("since")).exists()
