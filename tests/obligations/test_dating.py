"""Computed dates and what they rest on: through the database, for one row and for many."""

import datetime as dt

import pytest

from obligations import blocks, clocks, completion, dating, dispatch, rules
from obligations.models import CalendarDay, DateBasis, Obligation
from tests.obligations.oracle import CASES

pytestmark = pytest.mark.django_db


def current(row, field):
    return DateBasis.objects.current().filter(obligation=row, field=field).first()


@pytest.mark.parametrize(("start", "count", "end"), CASES)
def test_the_oracle_holds_in_the_database(owe, police, start, count, end):
    row = owe(police)
    assert (
        dating.by_clock(row, "due_on", "resume", start=start, event="lift_block", days=count) == end
    )
    row.save()
    stored = Obligation.objects.get(pk=row.pk)
    basis = current(row, "due_on")
    assert stored.due_on == basis.value == end
    assert basis.provisional is (end.year == 2027)


def test_a_date_by_a_clock_keeps_rule_days_event_and_person(endorsed, reviewer):
    basis = current(endorsed, "decide_by")
    assert (basis.clock, basis.days, basis.unit) == ("verify", 5, "working_days")
    assert (basis.event, basis.start_on) == ("endorse", dt.date(2025, 9, 2))
    assert basis.value == endorsed.decide_by == dt.date(2025, 9, 9)
    assert basis.by == reviewer


def test_the_rule_of_the_events_day_and_region_counts(owe, make_department, city, coordinator):
    clocks.seed()
    bureau = make_department("甲市民政局", at=city)
    local = {
        "unit": "working_days",
        "effective_from": dt.date(2025, 9, 1),
        "source": "甲市〔2025〕1号",
    }
    rules.add(rules.draft("verify", region=city, days=2, **local), by=coordinator)
    row = owe(bureau)
    assert dating.by_clock(
        row, "decide_by", "verify", start=dt.date(2025, 9, 1), event="endorse"
    ) == dt.date(2025, 9, 3)
    assert dating.by_clock(
        row, "decide_by", "verify", start=dt.date(2025, 8, 29), event="endorse"
    ) == dt.date(2025, 9, 5)


def test_a_regions_own_holiday_counts_for_its_departments_only(owe, police, make_department, city):
    holiday = dt.date(2025, 9, 3)
    CalendarDay.objects.create(day=holiday, region=city, is_workday=False, note="地方假日")
    here, there = owe(make_department("甲市民政局", at=city)), owe(police)
    start = dt.date(2025, 9, 1)
    assert dating.by_clock(here, "mend_until", "mend", start=start, event="send_back") == dt.date(
        2025, 9, 9
    )
    assert dating.by_clock(there, "mend_until", "mend", start=start, event="send_back") == dt.date(
        2025, 9, 8
    )


def test_many_at_once_get_the_same_as_one_by_one(owe, police, make_department, city):
    CalendarDay.objects.create(day=dt.date(2025, 9, 3), region=city, is_workday=False)
    here, there = owe(make_department("甲市民政局", at=city)), owe(police)
    start = dt.date(2025, 9, 1)
    found = dating.by_clock_each(
        [here.pk, there.pk], "accept_by", "accept", start=start, event="issue"
    )
    for row in (here, there):
        row.refresh_from_db()
        assert current(row, "accept_by").value == row.accept_by == found[row.pk]
    assert (here.accept_by, there.accept_by) == (dt.date(2025, 9, 5), dt.date(2025, 9, 4))


def test_the_number_of_statements_does_not_grow_with_the_rows(
    owe, police, django_assert_max_num_queries
):
    rows = [owe(police) for _number in range(30)]
    ids = [row.pk for row in rows]
    with django_assert_max_num_queries(12):
        dating.by_clock_each(ids, "accept_by", "accept", start=dt.date(2025, 9, 1), event="issue")
    assert DateBasis.objects.current().filter(obligation__in=ids).count() == 30
    with django_assert_max_num_queries(1):
        dating.clear_many(rows, "accept_by")
    assert not DateBasis.objects.current().filter(obligation__in=ids).exists()


def test_none_at_all_is_no_error(db):
    start = dt.date(2025, 9, 1)
    assert dating.by_clock_each([], "accept_by", "accept", start=start, event="issue") == {}


def test_one_basis_counts_and_what_it_replaced_stays_on_record(owe, police):
    row = owe(police)
    for day in (1, 2, 3):
        dating.by_clock(row, "due_on", "reopen", start=dt.date(2025, 9, day), event="reopen")
    assert DateBasis.objects.filter(obligation=row).count() == 3
    assert current(row, "due_on").start_on == dt.date(2025, 9, 3)


def test_a_persons_word_is_kept_with_note_and_document(owe, police, coordinator):
    row, day = owe(police), dt.date(2026, 3, 31)
    dating.by_word(
        row,
        "due_on",
        day,
        start=dt.date(2025, 12, 1),
        event="extension",
        note="上级批准",
        document_number="示例〔2025〕9号",
        by=coordinator,
    )
    basis = current(row, "due_on")
    assert row.due_on == basis.value == day
    assert (basis.note, basis.document_number, basis.by) == (
        "上级批准",
        "示例〔2025〕9号",
        coordinator,
    )
    assert basis.rule is None


def test_clearing_leaves_no_date_and_no_basis_in_force(owe, police):
    row = owe(police)
    dating.by_clock(row, "mend_until", "mend", start=dt.date(2025, 9, 1), event="send_back")
    dating.clear(row, "mend_until")
    assert row.mend_until is None
    assert current(row, "mend_until") is None
    assert DateBasis.objects.filter(obligation=row).exists()


def test_the_walk_writes_every_date_with_its_basis(endorsed, coordinator, officer, reviewer, paper):
    completion.send_back(endorsed, by=coordinator, on=dt.date(2025, 9, 3), reason="缺目录代码")
    assert current(endorsed, "mend_until").value == endorsed.mend_until == dt.date(2025, 9, 10)
    assert current(endorsed, "decide_by") is None
    completion.claim(endorsed, by=officer, on=dt.date(2025, 9, 5), with_evidence=[paper])
    completion.endorse(endorsed, by=reviewer, on=dt.date(2025, 9, 5))
    assert current(endorsed, "mend_until") is None
    completion.verify(endorsed, by=coordinator, on=dt.date(2025, 9, 8))
    completion.reopen(endorsed, by=coordinator, on=dt.date(2025, 9, 26), reason="接口停了")
    assert current(endorsed, "due_on").value == endorsed.due_on == dt.date(2025, 10, 16)


def test_a_lifted_block_says_how_many_days_were_left(in_progress, officer, coordinator):
    blocks.ask(
        in_progress, by=officer, on=dt.date(2025, 9, 1), cause="technical", reason="缺前置机"
    )
    blocks.confirm(in_progress, by=coordinator, on=dt.date(2025, 9, 2))
    blocks.lift(
        in_progress, by=coordinator, on=dt.date(2025, 10, 9), document_number="示例〔2025〕9号"
    )
    basis = current(in_progress, "due_on")
    assert basis.value == in_progress.due_on
    assert basis.days == in_progress.blocks.get().days_left
    assert basis.document_number == "示例〔2025〕9号"


def test_what_the_list_says_needs_no_row(owe, police, coordinator):
    row = owe(police)
    dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
    assert not DateBasis.objects.filter(obligation=row, field="due_on").exists()


def test_a_list_that_names_another_day_takes_the_due_date_back(owe, police):
    row = owe(police)
    dating.by_clock(row, "due_on", "reopen", start=dt.date(2025, 9, 1), event="reopen")
    row.save()
    counted = row.due_on
    dating.by_list_many([row.pk])
    assert current(row, "due_on") is None

    dating.restored_many([row])
    assert current(row, "due_on").value == counted

    row.due_on = row.original_due_on
    dating.restored_many([row])
    assert current(row, "due_on") is None
