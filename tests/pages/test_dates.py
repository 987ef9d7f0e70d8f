"""Pages about dates: why a date is what it is, the rules, the calendar, what moved."""

import csv
import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from obligations import calendars, clocks, dating
from obligations.models import CalendarDay, CalendarLoad, DeadlineRule, Recount
from obligations.today import today
from tests.obligations import announcements
from tests.obligations.oracle import CASES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_due")]


@pytest.fixture(autouse=True)
def _seeded():
    calendars.seed()
    clocks.seed()


@pytest.fixture
def moved(in_progress, signed_in, sysadmin):
    """An obligation whose date moved when 2027 was announced."""
    dating.by_clock(
        in_progress, "due_on", "resume", start=dt.date(2026, 12, 10), event="lift_block", days=20
    )
    in_progress.save()
    load_2027(signed_in(sysadmin))
    load = CalendarLoad.objects.get()
    signed_in(sysadmin).post(f"/calendar/{load.pk}/confirm/", {"version": load.version})
    call_command("run_jobs", "--until-empty")
    in_progress.refresh_from_db()
    return in_progress


def load_2027(client, content=None, **more):
    file = SimpleUploadedFile("2027.csv", content or announcements.csv())
    form = {"year": 2027, "state": "official", "source": "国办发明电〔2026〕9号", "file": file}
    return client.post("/calendar/", form | more)


def rule_form(**more):
    known = {
        "clock": "verify",
        "days": 3,
        "unit": "working_days",
        "effective_from": "2026-01-05",
        "source": "示例政数〔2026〕3号",
        "version": DeadlineRule.objects.count(),
    }
    return known | more


# --- on the obligation and the desk ----------------------------------------------------------


@pytest.mark.parametrize(("start", "count", "end"), CASES)
def test_the_oracle_holds_on_screen(in_progress, signed_in, officer, start, count, end):
    dating.by_clock(in_progress, "due_on", "resume", start=start, event="lift_block", days=count)
    in_progress.save()
    page = signed_in(officer).get(f"/obligations/{in_progress.pk}/").text
    assert f">{end}</button>" in page
    assert f"自 {start}（解除受阻）起 {count} 个工作日" in page
    assert ("暂定" in page) is (end.year == 2027)


def test_a_date_is_a_button_that_names_its_explanation(in_progress, signed_in, officer):
    for address in ("/", "/obligations/", f"/obligations/{in_progress.pk}/"):
        page = signed_in(officer).get(address).text
        assert 'aria-describedby="why-' in page
        assert "清单原文为" in page
        assert 'role="tooltip"' in page


# --- rules -----------------------------------------------------------------------------------


def test_the_page_of_rules_shows_every_clock_with_its_article(signed_in, coordinator):
    page = signed_in(coordinator).get("/rules/").text
    for words in ("第十七条", "第二十一条", "第二十九条", "20 个工作日", "3 年", "现行有效"):
        assert words in page


def test_a_new_version_is_looked_at_before_it_counts(signed_in, coordinator, endorsed):
    client = signed_in(coordinator)
    page = client.post("/rules/new/", rule_form())
    assert page.status_code == 200
    assert "共 1 个" in page.text
    assert clocks.rule("verify", on=today()).days == 5

    before = endorsed.decide_by
    assert client.post("/rules/new/", rule_form(confirm="yes")).status_code == 302
    assert clocks.rule("verify", on=today()).days == 3
    endorsed.refresh_from_db()
    assert endorsed.decide_by == before
    assert not Recount.objects.exists()


def test_a_recount_that_was_asked_for_moves_the_open_dates(signed_in, coordinator, endorsed):
    before = endorsed.decide_by
    signed_in(coordinator).post("/rules/new/", rule_form(confirm="yes", recount="on"))
    call_command("run_jobs", "--until-empty")
    endorsed.refresh_from_db()
    assert endorsed.decide_by < before
    assert "时限规则调整" in signed_in(coordinator).get("/dates/moved/").text


def test_a_rule_laxer_than_the_law_is_refused_with_a_sentence(signed_in, coordinator, region, city):
    form = rule_form(clock="delivery", days=21, region=region.pk, confirm="yes")
    coordinator.department.region = region
    page = signed_in(coordinator).post("/rules/new/", form)
    assert page.status_code == 409
    assert "不可宽于法规" in page.text


def test_a_write_names_the_rules_it_saw(signed_in, coordinator):
    client = signed_in(coordinator)
    assert client.post("/rules/new/", rule_form(confirm="yes", version="")).status_code == 428
    assert client.post("/rules/new/", rule_form(confirm="yes", version=1)).status_code == 409


def test_a_coordinator_of_a_city_reads_the_rules_and_changes_none(
    signed_in, make_user, bureau, city
):
    local = signed_in(make_user("local", "coordinator", department=bureau, region=city))
    page = local.get("/rules/")
    assert "/rules/new/" not in page.text
    assert local.post("/rules/new/", rule_form()).status_code == 403


# --- the calendar ----------------------------------------------------------------------------


def test_the_calendar_lists_years_with_source_and_state(signed_in, sysadmin):
    page = signed_in(sysadmin).get("/calendar/").text
    for words in ("chinesecalendar", "cn-statutory-2027-2030.csv", "正式", "暂定"):
        assert words in page


def test_a_year_is_shown_and_then_put_in_force(signed_in, sysadmin):
    client = signed_in(sysadmin)
    answer = load_2027(client)
    load = CalendarLoad.objects.get()
    assert answer["Location"] == f"/calendar/{load.pk}/"
    assert "2027-01-04" in client.get(f"/calendar/{load.pk}/").text
    assert not CalendarDay.objects.filter(day=dt.date(2027, 1, 4)).exists()

    client.post(f"/calendar/{load.pk}/confirm/", {"version": load.version})

    assert CalendarDay.objects.get(day=dt.date(2027, 1, 4)).provisional is False
    again = client.post(f"/calendar/{load.pk}/confirm/", {"version": load.version})
    assert again.status_code == 409
    assert client.post(f"/calendar/{load.pk}/discard/", {}).status_code == 428


def test_a_bad_file_is_answered_with_row_and_column(signed_in, sysadmin):
    page = load_2027(signed_in(sysadmin), announcements.csv([("随便", "也许", "")]))
    assert page.status_code == 422
    for words in ("“随便”不是日期", "无法识别“也许”"):
        assert words in page.text
    assert not CalendarLoad.objects.exists()


def test_a_form_without_a_file_or_source_is_shown_again(signed_in, sysadmin):
    assert load_2027(signed_in(sysadmin), source="").status_code == 422


def test_the_example_can_be_downloaded(signed_in, sysadmin):
    answer = signed_in(sysadmin).get("/calendar/sample.csv")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "2027-01-01,放假,元旦" in answer.text


# --- what moved ------------------------------------------------------------------------------


def test_a_moved_date_is_listed_and_shown_on_the_obligation(moved, signed_in, coordinator):
    assert moved.due_on == dt.date(2027, 1, 10)
    client = signed_in(coordinator)
    for address in ("/dates/moved/", f"/obligations/{moved.pk}/"):
        page = client.get(address).text
        for words in ("2027-01-08", "2027-01-10", "国办发明电〔2026〕9号"):
            assert words in page
    assert "国办发明电" not in client.get("/dates/moved/?field=decide_by").text
    assert "国办发明电" not in client.get("/dates/moved/?since=2099-01-01").text
    department = moved.department_id
    assert "国办发明电" in client.get(f"/dates/moved/?department={department}").text


def test_other_departments_do_not_see_what_moved(moved, signed_in, officer, officer2):
    assert moved.item.title in signed_in(officer).get("/dates/moved/").text
    assert moved.item.title not in signed_in(officer2).get("/dates/moved/").text
    assert moved.item.title not in read(signed_in(officer2).get("/dates/moved.csv"))[-1]


def test_what_moved_is_taken_out_as_csv(moved, signed_in, coordinator):
    rows = read(signed_in(coordinator).get("/dates/moved.csv"))
    assert rows[1][5:7] == ["2027-01-08", "2027-01-10"]
    assert len(rows) == 2


def read(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))
