"""A year of the calendar from a file: read, refused with places, confirmed as a whole."""

import datetime as dt
import io

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import AuditEntry
from obligations import calendar_loading, calendars
from obligations.calendar_data import shipped_days
from obligations.calendar_files import SAMPLE, FileProblems
from obligations.models import CalendarDay, CalendarLoad
from tests.obligations import announcements

pytestmark = pytest.mark.django_db
SOURCE = "国办发明电〔2026〕9号"
WAYS = ["2027年1月1日", "2027/1/1", "20270101", "1月1日", "２０２７．１．１"]


@pytest.fixture
def receive(sysadmin):
    def make(content, *, name="2027.csv", by=sysadmin, **more):
        known = {
            "year": 2027,
            "region": None,
            "provisional": False,
            "source": "国办发明电〔2026〕9号",
        }
        return calendar_loading.receive(io.BytesIO(content), name=name, by=by, **(known | more))

    return make


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("2027.csv", announcements.csv()),
        ("2027.csv", announcements.csv().decode().encode("gb18030")),
        ("2027.xlsx", announcements.xlsx()),
        (
            "2027.xlsx",
            announcements.xlsx(
                [(dt.date.fromisoformat(day), *more) for day, *more in announcements.DAYS_2027]
            ),
        ),
        (
            "2027.csv",
            announcements.csv(
                [
                    (day, "1" if word == "上班" else "0", note)
                    for day, word, note in announcements.DAYS_2027
                ],
                head=("date", "is_workday", "note"),
            ),
        ),
    ],
)
def test_a_good_file_is_read_whatever_its_format(receive, name, content):
    load = receive(content, name=name)
    assert len(load.days) == len(announcements.DAYS_2027)
    assert load.days[0] == ["2027-01-01", False, "元旦"]
    assert ["2027-01-10", True, "元旦调休"] in load.days


@pytest.mark.parametrize(
    "written", ["2027年1月1日", "2027/1/1", "20270101", "1月1日", "２０２７．１．１"]
)
def test_a_day_may_be_written_in_the_usual_ways(receive, written):
    days = [(written, "放假", "元旦"), *announcements.DAYS_2027[1:]]
    assert receive(announcements.csv(days)).days[0][0] == "2027-01-01"


def test_nothing_counts_before_it_is_confirmed(receive, sysadmin):
    calendars.seed()
    load = receive(announcements.csv())
    assert calendars.current().is_workday(dt.date(2027, 1, 4))
    calendar_loading.confirm(load, by=sysadmin, version=load.version)
    calendar = calendars.current()
    assert not calendar.is_workday(dt.date(2027, 1, 4))
    assert calendar.is_workday(dt.date(2027, 1, 10))
    assert not calendar.is_provisional(dt.date(2027, 1, 1), dt.date(2027, 12, 31))
    assert AuditEntry.objects.get(verb="load_calendar").detail["year"] == 2027


def test_the_difference_says_what_may_move_dates(receive):
    calendars.seed()
    found = {one.day: one for one in calendar_loading.differences(receive(announcements.csv()))}
    assert found[dt.date(2027, 1, 4)].moves_dates
    assert found[dt.date(2027, 1, 10)].moves_dates
    assert not found[dt.date(2027, 1, 2)].moves_dates
    assert found[dt.date(2027, 4, 5)].after is None
    assert dt.date(2027, 10, 1) not in found


def test_loading_into_an_empty_table_keeps_the_shipped_years(receive, sysadmin):
    load = receive(announcements.csv())
    calendar_loading.confirm(load, by=sysadmin, version=load.version)
    assert not calendars.current().is_workday(dt.date(2026, 10, 1))
    assert CalendarDay.objects.count() > len(shipped_days()) / 2


def test_seeding_again_leaves_a_loaded_year_alone(receive, sysadmin):
    calendars.seed()
    for provisional in (True, False):
        load = receive(announcements.csv(), provisional=provisional)
        calendar_loading.confirm(load, by=sysadmin, version=load.version)
        assert calendars.seed() == 0
        assert not calendars.current().is_workday(dt.date(2027, 1, 4))


def problems_of(refused):
    return [(problem.row, problem.column) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (("2026-12-31", "放假", ""), "日期"),
        (("2027年2月", "放假", ""), "日期"),
        (("随便", "放假", ""), "日期"),
        (("2027-02-30", "放假", ""), "日期"),
        (("", "放假", "x"), "日期"),
        (("2027-02-08", "也许", ""), "安排"),
        (("2027-03-01", "上班", ""), "安排"),
        (("2027-01-01", "放假", "又一次"), "日期"),
    ],
)
def test_a_bad_row_refuses_the_file_and_names_row_and_column(receive, row, place):
    days = [*announcements.DAYS_2027, row]
    with pytest.raises(FileProblems) as refused:
        receive(announcements.csv(days))
    assert (len(days) + 1, place) in problems_of(refused)
    assert not CalendarLoad.objects.exists()


def test_an_announced_year_without_its_statutory_holidays_is_refused(receive):
    with pytest.raises(FileProblems) as refused:
        receive(announcements.csv(announcements.DAYS_2027[:-7]))
    assert "2027-10-01" in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("2027.csv", b""),
        ("2027.xlsx", b"PK\x03\x04 no workbook"),
        ("2027.exe", announcements.csv()),
        ("2027.csv", "日期,安排\n".encode()),
        ("2027.csv", announcements.csv(head=("甲", "乙", "丙"))),
        ("2027.csv", announcements.csv(head=("日期", "乙", "丙"))),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_with_a_sentence(receive, name, content):
    with pytest.raises(FileProblems) as refused:
        receive(content, name=name)
    assert all(problem.message for problem in refused.value.problems)


def test_a_file_that_is_too_large_is_refused_unread(receive):
    with pytest.raises(RuleViolation, match="1 MB"):
        receive(b"x" * (2**20 + 1))


def test_the_example_has_the_layout_that_is_read(receive, region):
    load = receive(SAMPLE.encode(), region=region)
    assert ["2027-01-09", True, "元旦调休"] in load.days


def test_a_region_has_its_own_year_beside_the_countrys(receive, sysadmin, city):
    calendars.seed()
    own = receive(announcements.csv([("2027-03-01", "放假", "地方假日")]), region=city)
    calendar_loading.confirm(own, by=sysadmin, version=own.version)
    assert not calendars.current(city).is_workday(dt.date(2027, 3, 1))
    assert calendars.current().is_workday(dt.date(2027, 3, 1))
    # The country's 2027 stays provisional, also for the region.
    assert calendars.current(city).is_provisional(dt.date(2027, 3, 1), dt.date(2027, 3, 1))


def test_what_is_there_already_needs_no_second_loading(receive, sysadmin):
    calendars.seed()
    first, second = receive(announcements.csv()), receive(announcements.csv())
    calendar_loading.confirm(first, by=sysadmin, version=first.version)
    with pytest.raises(RuleViolation):
        calendar_loading.confirm(second, by=sysadmin, version=second.version)


def test_a_load_is_decided_once(receive, sysadmin):
    load = receive(announcements.csv())
    calendar_loading.discard(load, by=sysadmin, version=load.version)
    with pytest.raises(StaleVersion):
        calendar_loading.confirm(load, by=sysadmin, version=load.version)
    with pytest.raises(VersionMissing):
        calendar_loading.confirm(receive(announcements.csv()), by=sysadmin, version=None)
    assert not CalendarDay.objects.filter(source=SOURCE).exists()


def test_only_the_system_administrator_loads_a_calendar(receive, coordinator):
    with pytest.raises(PermissionDenied):
        receive(announcements.csv(), by=coordinator)
