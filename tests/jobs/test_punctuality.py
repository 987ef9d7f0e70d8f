"""Whether scheduled work is on time: facts and a moment in, a word out; no clock, no database."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import jobs as configured
from jobs import periods
from jobs.periods import Beat
from jobs.punctuality import Known, standing

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHTLY = {"kind": "noop", "every": "day", "at": "00:10", "takes": 30, "grace": 90}
WEEKLY = {"kind": "noop", "every": "week", "at": "07:00", "takes": 30, "grace": 30}
MONTHLY = {"kind": "noop", "every": "month", "at": "07:30", "takes": 30, "grace": 30}
MINUTE = {"kind": "noop", "every": "minute", "takes": 1, "grace": 2}
PROBES = {"kind": "noop", "every": "5 minutes", "takes": 5, "grace": 10}
LONG_AGO = "2026-01-01 12:00"


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def judge(line, now, *, done="", failed="", newest="", since=LONG_AGO):
    known = Known(done=done, failed=failed, newest=newest or max(done, failed))
    return standing(Beat.from_settings(line), known, since=at(since), now=at(now))


@pytest.mark.parametrize(
    ("line", "done", "now", "word", "late_since"),
    [
        # Done for today: on time until the next midnight, and then for as long as it may take.
        (NIGHTLY, "2026-11-26", "2026-11-26 09:00", "on_time", None),
        (NIGHTLY, "2026-11-26", "2026-11-27 00:09", "on_time", None),
        (NIGHTLY, "2026-11-26", "2026-11-27 00:10", "waiting", None),
        (NIGHTLY, "2026-11-26", "2026-11-27 02:09", "waiting", None),
        (NIGHTLY, "2026-11-26", "2026-11-27 02:10", "late", "2026-11-27 02:10"),
        # Off from Friday evening to Monday morning: late since Saturday, until it has caught up.
        (NIGHTLY, "2026-11-27", "2026-11-30 08:00", "late", "2026-11-28 02:10"),
        (NIGHTLY, "2026-11-29", "2026-11-30 08:00", "late", "2026-11-30 02:10"),
        (NIGHTLY, "2026-11-30", "2026-11-30 08:00", "on_time", None),
        # The schedule knows no rest days: a day of 国庆 and a make-up Saturday are days.
        (NIGHTLY, "2026-09-30", "2026-10-01 02:10", "late", "2026-10-01 02:10"),
        (NIGHTLY, "2026-02-13", "2026-02-14 02:10", "late", "2026-02-14 02:10"),
        (WEEKLY, "2026-W48", "2026-11-29 23:59", "on_time", None),
        (WEEKLY, "2026-W48", "2026-11-30 07:59", "waiting", None),
        (WEEKLY, "2026-W48", "2026-11-30 08:00", "late", "2026-11-30 08:00"),
        (WEEKLY, "2026-W52", "2027-01-03 12:00", "late", "2026-12-28 08:00"),
        (MONTHLY, "2026-11", "2026-12-01 07:29", "on_time", None),
        (MONTHLY, "2026-11", "2026-12-01 08:29", "waiting", None),
        (MONTHLY, "2026-11", "2027-02-01 09:00", "late", "2026-12-01 08:30"),
        (MINUTE, "2026-11-26T09:00", "2026-11-26 09:00", "on_time", None),
        (MINUTE, "2026-11-26T09:00", "2026-11-26 09:03", "waiting", None),
        (MINUTE, "2026-11-26T09:00", "2026-11-26 09:04", "late", "2026-11-26 09:04"),
        (MINUTE, "2026-11-26T09:00", "2026-11-26 17:00", "late", "2026-11-26 09:04"),
        (PROBES, "2026-11-26T23:55", "2026-11-27 00:14", "waiting", None),
        (PROBES, "2026-11-26T23:55", "2026-11-27 00:15", "late", "2026-11-27 00:15"),
    ],
)
def test_work_is_late_when_its_time_and_grace_are_over(line, done, now, word, late_since):
    found = judge(line, now, done=done)
    assert (found.word, found.late_since) == (word, at(late_since) if late_since else None)


@pytest.mark.parametrize(
    ("line", "since", "now", "word"),
    [
        (NIGHTLY, "2026-11-26 09:00", "2026-11-26 23:59", "not_yet_due"),
        (NIGHTLY, "2026-11-26 09:00", "2026-11-27 00:10", "waiting"),
        (NIGHTLY, "2026-11-26 09:00", "2026-11-27 02:10", "late"),
        # Installed at the very moment: that period was not owed.
        (NIGHTLY, "2026-11-26 00:10", "2026-11-26 12:00", "not_yet_due"),
        (WEEKLY, "2026-11-24 09:00", "2026-11-29 12:00", "not_yet_due"),
        (MONTHLY, "2026-11-02 09:00", "2026-11-30 12:00", "not_yet_due"),
        (MINUTE, "2026-11-26 09:00", "2026-11-26 09:00", "not_yet_due"),
        # No worker ever came: there is no row, and yet it is late.
        (MINUTE, "2026-11-26 09:00", "2026-11-26 09:04", "late"),
    ],
)
def test_a_young_installation_is_not_late(line, since, now, word):
    assert judge(line, now, since=since).word == word


@pytest.mark.parametrize(
    ("done", "failed", "now", "word", "is_late"),
    [
        ("2026-11-25", "2026-11-26", "2026-11-26 00:20", "failed", False),
        ("2026-11-25", "2026-11-26", "2026-11-26 09:00", "failed", True),
        # What failed yesterday counts for nothing once a later day is done.
        ("2026-11-26", "2026-11-25", "2026-11-26 09:00", "on_time", False),
        ("2026-11-24", "2026-11-25", "2026-11-26 00:20", "failed", True),
        ("", "2026-11-26", "2026-11-26 00:20", "failed", True),
    ],
)
def test_what_failed_stays_failed_until_a_later_period_is_done(done, failed, now, word, is_late):
    found = judge(NIGHTLY, now, done=done, failed=failed)
    assert (found.word, found.late_since is not None) == (word, is_late)


LINES = st.sampled_from(list(configured.SCHEDULE.values()))
MOMENTS = st.builds(
    lambda minutes, seconds: at(LONG_AGO) + dt.timedelta(minutes=minutes, seconds=seconds),
    st.integers(0, 2 * 365 * 1440),
    st.integers(0, 59),
)


@given(LINES, MOMENTS)
def test_the_periods_that_are_made_are_the_ones_that_are_waited_for(line, now):
    beat = Beat.from_settings(line)
    made = periods.due(beat, since=at("2025-11-01 12:00"), now=now)[-1]
    moment = periods.moment_of(beat, made.name, zone=SHANGHAI)

    assert moment == periods.last_moment(beat, until=now)
    assert moment <= now < periods.next_moment(beat, after=now)
    assert periods.next_moment(beat, after=moment) == periods.next_moment(beat, after=now)
    found = standing(beat, Known(done=made.name), since=at("2025-11-01 12:00"), now=now)
    assert (found.word, found.late_since) == ("on_time", None)


def test_every_line_of_the_schedule_says_how_long_it_may_take():
    for name, line in configured.SCHEDULE.items():
        assert line["takes"] > 0, name
        assert line["grace"] > 0, name


@pytest.mark.parametrize(
    ("done", "newest", "word"),
    [
        ("", "", "not_yet_due"),
        ("2026-11-24T09:00", "2026-11-24T09:00", "on_time"),
        ("2026-11-24T09:00", "2026-11-26T08:50", "waiting"),
        ("2026-11-24T09:00", "2026-11-26T08:20", "late"),
        ("", "2026-11-26T08:20", "late"),
    ],
)
def test_work_that_is_only_looked_for_is_owed_from_when_it_was_found(done, newest, word):
    line = {**PROBES, "every": "10 minutes", "only_if": "jobs.models.Job"}

    assert judge(line, "2026-11-26 09:00", done=done, newest=newest).word == word
