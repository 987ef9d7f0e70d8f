"""A changed calendar or rule: dates are counted anew, with a log, once, also after a break."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.management import call_command

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from jobs.models import Job
from obligations import (
    calendar_loading,
    calendars,
    clocks,
    completion,
    dating,
    extensions,
    history,
    recounting,
    rules,
)
from obligations.models import (
    CalendarDay,
    Claim,
    DateBasis,
    Obligation,
    ObligationState,
    Recount,
)
from tests.obligations import announcements

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 12, 16)
START = dt.date(2026, 12, 10)
BEFORE, AFTER = dt.date(2027, 1, 8), dt.date(2027, 1, 10)


@pytest.fixture(autouse=True)
def _seeded():
    calendars.seed()
    clocks.seed()


@pytest.fixture
def count_on(owe, police):
    """An obligation with a due date 20 working days after the start, in a provisional year."""

    def make(department=police, **facts):
        row = owe(department, status="in_progress", **facts)
        dating.by_clock(row, "due_on", "resume", start=START, event="lift_block", days=20)
        row.save()
        history.record(row, on=START)
        return row

    return make


@pytest.fixture
def announce(sysadmin):
    """announce(): 2027 is announced; the recount waits for a worker."""

    def make(content=None, *, year=2027, region=None, provisional=False):
        load = calendar_loading.receive(
            io.BytesIO(content or announcements.csv()),
            name="2027.csv",
            year=year,
            region=region,
            provisional=provisional,
            source="国办发明电〔2026〕9号",
            by=sysadmin,
        )
        return calendar_loading.confirm(load, by=sysadmin, version=load.version)

    return make


def recounted(recount, *, on=ON):
    return recounting.run(recount, on=on)


def test_an_announced_year_moves_the_dates_that_were_counted_across_it(count_on, announce):
    row = count_on()
    assert row.due_on == BEFORE

    done = recounted(announce())

    row.refresh_from_db()
    assert row.due_on == AFTER
    assert (done.looked_at, done.moved) == (1, 1)
    [moved] = DateBasis.objects.moved()
    assert (moved.previous, moved.value, moved.provisional) == (BEFORE, AFTER, False)


def test_a_moved_date_is_on_record_in_version_history_and_audit(count_on, announce, sysadmin):
    row = count_on()
    recounted(announce())
    after = Obligation.objects.get(pk=row.pk)
    assert after.version == row.version + 1
    assert ObligationState.objects.get(obligation=row, valid_to=None).due_on == AFTER
    entry = AuditEntry.objects.get(verb="recount_dates", object_id=str(row.pk))
    assert entry.detail["changes"] == {"due_on": [BEFORE.isoformat(), AFTER.isoformat()]}
    assert entry.username == sysadmin.username


def test_the_lists_own_day_never_moves(owe, police, announce):
    row = owe(police, due_on=dt.date(2027, 1, 4), status="in_progress")
    recounted(announce())
    row.refresh_from_db()
    assert row.due_on == dt.date(2027, 1, 4)


def test_a_date_in_no_changed_year_is_not_looked_at(owe, police, announce):
    row = owe(police, status="in_progress")
    dating.by_clock(row, "due_on", "reopen", start=dt.date(2026, 9, 1), event="reopen")
    row.save()
    assert recounted(announce()).looked_at == 0


def test_a_date_that_does_not_move_is_no_longer_provisional(owe, police, announce):
    row = owe(police, status="in_progress")
    dating.by_clock(row, "due_on", "resume", start=START, event="lift_block", days=16)
    row.save()
    assert DateBasis.objects.get().provisional is True
    calm = [row for row in announcements.DAYS_2027 if row[0] not in ("2027-01-04", "2027-01-10")]
    done = recounted(announce(announcements.csv(calm)))
    assert (done.moved, DateBasis.objects.get().provisional) == (0, False)


def test_the_coordinators_clock_moves_with_the_open_claim(
    count_on, announce, officer, reviewer, paper
):
    row = count_on()
    completion.claim(row, by=officer, on=dt.date(2026, 12, 30), with_evidence=[paper])
    completion.endorse(row, by=reviewer, on=dt.date(2026, 12, 30))
    assert row.decide_by == dt.date(2027, 1, 7)
    recounted(announce(), on=dt.date(2026, 12, 31))
    row.refresh_from_db()
    assert row.decide_by == dt.date(2027, 1, 8)
    assert Claim.objects.get().decide_by == row.decide_by


def test_what_was_decided_by_a_date_is_not_judged_again(
    count_on, announce, officer, reviewer, coordinator, paper
):
    row = count_on()
    completion.claim(row, by=officer, on=dt.date(2026, 12, 30), with_evidence=[paper])
    completion.endorse(row, by=reviewer, on=dt.date(2026, 12, 30))
    completion.verify(row, by=coordinator, on=dt.date(2026, 12, 31))
    recounted(announce(), on=dt.date(2026, 12, 31))
    row.refresh_from_db()
    assert row.decide_by == Claim.objects.get().decide_by == dt.date(2027, 1, 7)


def test_a_date_set_by_other_means_since_is_left_alone(count_on, announce):
    row = count_on()
    Obligation.objects.filter(pk=row.pk).update(due_on=dt.date(2027, 6, 30))
    recounted(announce())
    row.refresh_from_db()
    assert row.due_on == dt.date(2027, 6, 30)


def test_regional_days_move_dates_of_that_regions_departments_only(
    count_on, announce, make_department, city
):
    here, there = count_on(make_department("甲市民政局", at=city)), count_on()
    own = announcements.csv([("2027-01-05", "放假", "地方假日")])
    done = recounted(announce(own, region=city))
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.due_on, there.due_on, done.looked_at) == (dt.date(2027, 1, 11), BEFORE, 1)


def test_running_it_again_changes_nothing(count_on, announce):
    row = count_on()
    recount = announce()
    recounted(recount)
    version = Obligation.objects.get(pk=row.pk).version
    Recount.objects.update(cursor=0)
    again = recounted(recount)
    assert again.moved == 1
    assert Obligation.objects.get(pk=row.pk).version == version
    assert DateBasis.objects.moved().count() == 1


def test_the_worker_finishes_the_job_and_says_what_moved(count_on, announce, nothing_due):
    count_on()
    announce()
    with time_machine.travel(dt.datetime(2026, 12, 16, 4, tzinfo=dt.UTC)):
        call_command("run_jobs", "--until-empty")
    job = Job.objects.get(kind="obligations.recount")
    assert job.state == Job.State.DONE
    assert "1" in job.result["message"]
    assert Recount.objects.get().finished_at is not None
    assert AuditEntry.objects.filter(verb="recount_dates", object_id="").count() == 1


def test_a_light_follows_the_date_that_moved(count_on, announce):
    row = count_on()
    on = dt.date(2027, 1, 9)
    history.record(row, on=on)
    assert row.light == "red"
    recounting.run(announce(), on=on)
    row.refresh_from_db()
    assert (row.due_on, row.light) == (AFTER, "blue")


def test_a_new_version_leaves_written_dates_unless_asked(count_on, coordinator, owe, police):
    row = owe(police, status="in_progress")
    start = dt.date(2026, 9, 7)
    dating.by_clock(row, "due_on", "reopen", start=start, event="reopen")
    row.save()
    history.record(row, on=start)
    new = rules.draft(
        "reopen",
        region=None,
        days=15,
        unit="working_days",
        effective_from=dt.date(2026, 9, 1),
        source="示例〔2026〕3号",
    )
    assert recounting.would_touch(new) == (1, 1)
    rules.add(new, by=coordinator)
    assert not Recount.objects.exists()

    recounted(recounting.for_rule(new, by=coordinator))

    row.refresh_from_db()
    assert row.due_on == calendars.current().add(start, 15)
    basis = DateBasis.objects.current().get(obligation=row)
    assert (basis.rule, basis.days, basis.previous) == (new, 15, calendars.current().add(start, 10))


def test_days_that_were_left_are_no_rules_to_change(count_on, coordinator):
    row = count_on()
    new = rules.draft(
        "resume",
        region=None,
        days=3,
        unit="working_days",
        effective_from=dt.date(2026, 1, 1),
        source="示例〔2026〕3号",
    )
    assert recounting.would_touch(new) == (0, 0)
    rules.add(new, by=coordinator, recount=True)
    recounted(Recount.objects.get())
    row.refresh_from_db()
    assert row.due_on == BEFORE


def test_days_that_were_approved_are_no_rules_to_change(in_progress, officer, coordinator):
    """As many as the longest extension: they look like its rule, and are a person's decision."""
    asked, decided = dt.date(2025, 12, 22), dt.date(2025, 12, 23)
    extensions.ask(in_progress, by=officer, on=asked, days=20, reason="联调延后")
    extensions.approve(in_progress, by=coordinator, on=decided)
    due_on = in_progress.due_on
    new = rules.draft(
        "extension",
        region=None,
        days=10,
        unit="working_days",
        effective_from=dt.date(2025, 9, 1),
        source="示例〔2026〕3号",
    )
    assert recounting.would_touch(new) == (0, 0)
    rules.add(new, by=coordinator, recount=True)
    recounted(Recount.objects.get())
    in_progress.refresh_from_db()
    assert in_progress.due_on == due_on == dt.date(2026, 1, 29)


def test_an_extension_goes_on_from_the_day_that_moved(count_on, announce):
    row = count_on()
    dating.by_clock(row, "due_on", "extension", start=BEFORE, event="extension", days=5)
    row.save()

    recounted(announce())

    row.refresh_from_db()
    assert row.due_on == dt.date(2027, 1, 15)
    basis = DateBasis.objects.current().get(obligation=row)
    assert (basis.start_on, basis.days, basis.provisional) == (AFTER, 5, False)
    again = recounting.for_calendar(
        first=dt.date(2027, 1, 1), last=dt.date(2027, 12, 31), region=None, load=None, by=None
    )
    assert (recounted(again).looked_at, recounted(again).moved) == (1, 0)


def test_an_extension_of_the_lists_own_day_goes_on_from_that_day(owe, police, announce):
    row = owe(police, due_on=BEFORE, status="in_progress")
    dating.by_clock(row, "due_on", "extension", start=BEFORE, event="extension", days=5)
    row.save()
    recounted(announce())
    row.refresh_from_db()
    assert row.due_on == dt.date(2027, 1, 14)


@pytest.mark.parametrize("clock", ["resume", "extension"])
def test_days_that_a_person_counts_in_are_working_days(db, clock):
    with pytest.raises(RuleViolation, match="工作日"):
        rules.draft(
            clock,
            region=None,
            days=10,
            unit="natural_days",
            effective_from=dt.date(2026, 9, 1),
            source="示例〔2026〕3号",
        )


def test_a_newer_shipped_calendar_has_dates_counted_anew(count_on):
    row = count_on()
    CalendarDay.objects.create(
        day=dt.date(2027, 1, 5), is_workday=False, provisional=True, source="cn-statutory-2027.csv"
    )
    dating.by_clock(row, "due_on", "resume", start=START, event="lift_block", days=20)
    row.save()
    assert row.due_on == dt.date(2027, 1, 11)
    CalendarDay.objects.filter(day=dt.date(2027, 1, 5)).update(source="cn-statutory-2027-2030.csv")
    assert recounting.load_shipped() == 1
    recounted(Recount.objects.get())
    row.refresh_from_db()
    assert row.due_on == BEFORE
