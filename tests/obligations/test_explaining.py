"""Every date explains itself: start, rule, article, skipped days, who moved it and why."""

import datetime as dt

import pytest

from obligations import blocks, calendars, clocks, completion, dating, explaining
from obligations.models import CalendarDay, DateBasis
from tests.obligations.oracle import CASES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seeded():
    calendars.seed()
    clocks.seed()


def explained(row, field):
    return explaining.of_row(row)[field]


def test_the_lists_own_day_is_explained_by_its_text(owe, police):
    row = owe(police, due_on=dt.date(2025, 9, 30))
    row.due_text = "2025年9月底"
    for field in ("due_on", "original_due_on"):
        found = explained(row, field)
        assert "2025年9月底" in found.sentence
        assert (found.days, found.provisional, found.moves) == (None, False, ())


def test_a_clock_says_start_rule_source_and_person(endorsed, reviewer):
    found = explained(endorsed, "decide_by")
    assert found.on == endorsed.decide_by
    assert (found.start_on, found.days) == (dt.date(2025, 9, 2), 5)
    assert found.clock
    assert found.source == clocks.rule("verify", on=found.start_on).source
    assert found.who == reviewer.display_name
    assert "2025-09-02" in found.sentence


@pytest.mark.parametrize(("start", "count", "end"), CASES)
def test_days_counted_and_days_skipped_add_up_to_the_span(owe, police, start, count, end):
    row = owe(police)
    dating.by_clock(row, "due_on", "resume", start=start, event="lift_block", days=count)
    found = explained(row, "due_on")
    off = sum((span.last - span.first).days + 1 for span in found.holidays)
    assert (end - start).days == count + off + found.weekend_days
    assert found.provisional is (end.year == 2027)


def test_skipped_holidays_and_make_up_workdays_have_their_names(owe, police):
    row = owe(police)
    start = dt.date(2026, 9, 30)
    dating.by_clock(row, "due_on", "reopen", start=start, event="reopen")
    found = explained(row, "due_on")
    [holiday] = found.holidays
    assert (holiday.first, holiday.last, holiday.name) == (
        dt.date(2026, 10, 1),
        dt.date(2026, 10, 7),
        "国庆节",
    )
    assert [span.first for span in found.made_up] == [dt.date(2026, 10, 10)]


def test_a_regional_holiday_is_skipped_by_its_name(owe, make_department, city):
    CalendarDay.objects.create(
        day=dt.date(2025, 9, 3), region=city, is_workday=False, note="地方假日"
    )
    row = owe(make_department("甲市民政局", at=city))
    dating.by_clock(row, "mend_until", "mend", start=dt.date(2025, 9, 1), event="send_back")
    assert [span.name for span in explained(row, "mend_until").holidays] == ["地方假日"]


def test_a_lifted_block_says_why_it_had_been_blocked(in_progress, officer, coordinator):
    blocks.ask(in_progress, by=officer, on=dt.date(2025, 9, 1), cause="technical", reason="缺机")
    blocks.confirm(in_progress, by=coordinator, on=dt.date(2025, 9, 2))
    blocks.lift(in_progress, by=coordinator, on=dt.date(2025, 10, 9), document_number="示例9号")
    found = explained(in_progress, "due_on")
    assert "缺机" in found.note
    assert found.document_number == "示例9号"
    assert found.who == coordinator.display_name
    [move] = found.moves
    assert (move.before, move.after) == (dt.date(2025, 12, 31), in_progress.due_on)


def test_a_reopening_to_a_named_day_keeps_reason_and_first_day(verified, coordinator):
    day = dt.date(2026, 1, 30)
    completion.reopen(
        verified, by=coordinator, on=dt.date(2025, 9, 26), reason="接口停了", due_on=day
    )
    found = explained(verified, "due_on")
    assert (found.on, found.note, found.days) == (day, "接口停了", None)
    assert found.moves[0].before == dt.date(2025, 12, 31)


def test_a_date_without_a_rule_on_record_says_so(owe, police):
    row = owe(police)
    row.decide_by = dt.date(2025, 9, 9)
    assert explained(row, "decide_by").sentence
    assert explained(row, "decide_by").clock == ""


def test_a_basis_that_no_longer_fits_its_date_explains_nothing(owe, police):
    row = owe(police)
    dating.by_clock(row, "due_on", "reopen", start=dt.date(2025, 9, 1), event="reopen")
    row.due_on = row.original_due_on
    assert row.due_text in explained(row, "due_on").sentence


def test_events_of_other_processes_are_called_by_their_verb(owe, police):
    row = owe(police)
    dating.by_word(
        row, "due_on", dt.date(2026, 3, 31), start=dt.date(2025, 12, 1), event="send_back"
    )
    assert explained(row, "due_on").event == explaining.event_words("send_back")
    assert explaining.event_words("unheard_of") == "unheard_of"


def test_many_rows_cost_no_more_queries_than_few(owe, police, django_assert_num_queries):
    rows = [owe(police) for _number in range(12)]
    for row in rows:
        dating.by_clock(row, "due_on", "reopen", start=dt.date(2025, 9, 1), event="reopen")
        row.save()

    def queries(some):
        with django_assert_num_queries(3):
            found = explaining.of_many(some, fields=["due_on"])
        assert all(found[row.pk]["due_on"].days == 10 for row in some)

    explaining.of_many(rows)
    queries(rows[:2])
    queries(rows)
    assert DateBasis.objects.current().count() == 12
