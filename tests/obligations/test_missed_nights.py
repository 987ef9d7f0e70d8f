"""Findings and totals of a day are the same, whenever and on whichever rows it is checked."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obligations import findings, fulfilment, history, letters
from obligations.models import (
    CheckResult,
    DepartmentCheck,
    DepartmentDay,
    Obligation,
    ObligationState,
)
from tests.thorough import sampled

START, LENGTH = dt.date(2025, 9, 15), 7
END = START + dt.timedelta(days=LENGTH)
DAYS = [START + dt.timedelta(days=number) for number in range(LENGTH + 1)]


def _forget():
    """As if nothing had been checked yet; what people did stays."""
    for model in (CheckResult, DepartmentCheck, DepartmentDay):
        model.objects.all().delete()
    Obligation.objects.update(last_found="")


def _found():
    """Each day with its findings and totals."""
    fields = [one.name for one in DepartmentDay._meta.local_fields if one.name != "id"]
    totals = list(DepartmentDay.objects.order_by("day", "department", "list").values(*fields))
    named = ("obligation_id", "check_code", "outcome")
    return {
        day: (
            sorted(CheckResult.objects.at(day).values_list(*named)),
            [row for row in totals if row["day"] == day],
        )
        for day in DAYS
    }


def _owe(owe, department, plots):
    """Rows that fall due, and what somebody did about them on a day."""
    ObligationState.objects.all().delete()
    Obligation.objects.all().delete()
    acts = []
    for due, claimed in plots:
        row = owe(department, due_on=DAYS[due], on=START)
        Obligation.objects.filter(pk=row.pk).update(status="in_progress")
        history.record(row, on=START)
        acts.append((DAYS[claimed], row))
    return acts


def _claim(acts, day):
    for on, row in acts:
        if on == day:
            Obligation.objects.filter(pk=row.pk).update(status="endorsed", completed_on=day)
            history.record(row, on=day)


@sampled(3, quick=1)
@given(
    plots=st.lists(
        st.tuples(st.integers(0, LENGTH), st.integers(1, LENGTH)), min_size=1, max_size=3
    ),
    order=st.permutations(DAYS[:-1]),
)
@pytest.mark.django_db(transaction=True)
def test_night_by_night_equals_all_nights_later_in_any_order(owe, police, plots, order):
    _forget()
    acts = _owe(owe, police, plots)
    for day in DAYS:
        fulfilment.check(as_of=day, today=day)
        _claim(acts, day)
        fulfilment.check(as_of=day, today=day + dt.timedelta(days=1))  # the next night closes it
    in_time = _found()
    _forget()
    for day in DAYS:  # nobody was checked of a later day: obligations hold the newest facts
        fulfilment.check(as_of=day, today=END + dt.timedelta(days=9))
    assert _found() == in_time
    _forget()
    fulfilment.check(as_of=END, today=END)
    for day in order:  # a later day was checked: states of the day are read
        fulfilment.check(as_of=day, today=END)
    assert _found() == in_time
    codes = [check.code for _kind, check in findings.listed()]
    for row in Obligation.objects.all():
        standing = dict(findings.standing(row).values_list("check_code", "outcome"))
        assert letters.read(row.last_found, codes) == standing


def test_a_word_tells_of_the_checks_it_was_made_by_and_of_no_others():
    word = letters.write({"b": "fail", "a": "pass"}, ["a", "b", "c"])
    assert letters.read(word, ["a", "b", "c"]) == {"a": "pass", "b": "fail"}
    assert letters.read(word, ["b", "a", "c"]) == {}
    assert not set(letters.LETTERS.values()) & set("0123456789-")


@pytest.mark.django_db
def test_other_checks_than_last_time_are_all_looked_at_anew(verified):
    fulfilment.check(as_of=DAYS[0], today=DAYS[0])
    before = list(CheckResult.objects.order_by("pk").values())
    Obligation.objects.update(last_found="000000ppp")
    fulfilment.check(as_of=DAYS[0], today=DAYS[0])
    assert list(CheckResult.objects.order_by("pk").values()) == before
    assert not Obligation.objects.filter(last_found="000000ppp").exists()


@pytest.mark.django_db
def test_a_night_writes_only_what_changed(verified, in_progress, django_assert_max_num_queries):
    fulfilment.check(as_of=DAYS[0], today=DAYS[0])
    with django_assert_max_num_queries(60) as asked:
        fulfilment.check(as_of=DAYS[0], today=DAYS[0])
    wrote = [one["sql"] for one in asked.captured_queries if not _only_asks(one["sql"])]
    assert [one for one in wrote if "departmentcheck" not in one] == []


def _only_asks(statement):
    return statement.split(" ")[0] not in ("INSERT", "UPDATE", "DELETE")
