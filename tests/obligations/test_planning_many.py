"""Plans of many obligations at once, each with its own words: as of one, all or nothing."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from obligations import dispatch
from obligations.filling import columns
from obligations.models import Obligation, ObligationState

pytestmark = pytest.mark.django_db

DAY = dt.date(2025, 8, 6)


@pytest.fixture
def two(owe, police):
    return [owe(police, status="in_progress") for _number in range(2)]


def plans_of(rows, *, version=1):
    return {row.pk: (version, {"progress_note": f"进展{row.pk}"}) for row in rows}


def test_each_row_gets_its_own_words_with_version_history_and_audit(two, officer):
    planned = {"planned_on": dt.date(2025, 8, 31), "contact_name": "张三"}
    plans = {**plans_of(two), two[1].pk: (1, planned)}

    dispatch.plan_each(plans, by=officer, on=DAY)

    one, other = Obligation.objects.filter(pk__in=plans).order_by("pk")
    assert (one.progress_note, one.planned_on, one.version) == (f"进展{one.pk}", None, 2)
    assert (other.progress_note, other.contact_name, other.version) == ("", "张三", 2)
    states = ObligationState.objects.filter(obligation=other).order_by("valid_from")
    assert [state.planned_on for state in states] == [None, dt.date(2025, 8, 31)]
    entry = AuditEntry.objects.get(verb="plan", object_id=str(other.pk))
    assert entry.detail["changes"]["planned_on"] == [None, "2025-08-31"]
    assert entry.detail["version"] == 2


def test_what_one_plan_does_many_do_alike(two, officer):
    """The rule of one row and that of many leave the same facts."""
    dispatch.plan(two[0], by=officer, on=DAY, planned_on=DAY, progress_note="联调")
    facts = {"planned_on": DAY, "progress_note": "联调"}
    dispatch.plan_each({two[1].pk: (1, facts)}, by=officer, on=DAY)

    names = ("version", "status", "light", "light_reason", *columns.PLAN_FIELDS)
    one, other = Obligation.objects.filter(pk__in=[row.pk for row in two]).values(*names)
    assert one == other
    details = [entry.detail for entry in AuditEntry.objects.filter(verb="plan")]
    assert details[0] == details[1]


@pytest.mark.parametrize("spoil", ["status", "version"])
def test_one_refused_row_refuses_all_and_is_named(two, officer, spoil):
    plans = plans_of(two)
    if spoil == "status":
        Obligation.objects.filter(pk=two[1].pk).update(status="withdrawn")
    else:
        Obligation.objects.filter(pk=two[1].pk).update(version=5)

    with pytest.raises(RuleViolation) as refusal:
        dispatch.plan_each(plans, by=officer, on=DAY)

    assert [one["id"] for one in refusal.value.facts["refused"]] == [two[1].pk]
    assert not Obligation.objects.exclude(progress_note="").exists()
    assert not AuditEntry.objects.filter(verb="plan").exists()


def test_nobody_plans_for_another_department_or_speaks_for_one(two, officer2, coordinator):
    with pytest.raises(RuleViolation) as refusal:
        dispatch.plan_each(plans_of(two), by=officer2, on=DAY)
    assert [one["id"] for one in refusal.value.facts["refused"]] == [row.pk for row in two]
    with pytest.raises(PermissionDenied):
        dispatch.plan_each(plans_of(two), by=coordinator, on=DAY)
    assert not Obligation.objects.exclude(progress_note="").exists()


def test_a_day_outside_the_years_is_refused(two, officer):
    with pytest.raises(RuleViolation):
        dispatch.plan_each(
            {two[0].pk: (1, {"planned_on": dt.date(1999, 1, 1)})}, by=officer, on=DAY
        )
