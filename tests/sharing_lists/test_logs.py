"""Logs of the exchange platform or gateway: read, matched, taken over once, kept where unknown."""

import csv
import datetime as dt
import io
import os

import pytest
import time_machine
from django.test import Client
from openpyxl import Workbook
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs import queue, running
from jobs.models import Job
from obligations.models import ColumnMapping
from sharing_lists import inbox, log_keeping, log_reading
from sharing_lists.models import Delivery, DeliveryLog, SharingTerms, UnmatchedRow

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2025, 10, 20, 2, 0, tzinfo=dt.UTC)
TODAY = dt.date(2025, 10, 20)
HEADER = [
    *("目录代码", "资源名称", "提供部门", "统计时间"),
    *("调用次数", "失败次数", "数据量", "最新数据时间"),
]
CALLS = ["307/1", "", "", "2025-10-19 23:50:00", "120", "3", "", "2025-10-19"]
FILE = ["", "【示例】企业信用", "省公安厅", "2025年10月18日", "", "", "1,284条", ""]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owed(verified):
    """An interface by its code, and a file by its title and provider."""
    return verified("daily", "interface", code="307/1"), verified(
        "monthly", "file", title="【示例】企业信用"
    )


@pytest.fixture
def client(coordinator):
    browser = Client(headers={"accept-language": "zh-hans"})
    browser.force_login(coordinator, backend="accounts.signin.Backend")
    return browser


def as_csv(*rows, header=HEADER):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def as_xlsx(*rows):
    book, out = Workbook(), io.BytesIO()
    book.active.append(["数据交换平台日志"])
    book.active.append(HEADER)
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def read(data, name="日志.csv", **more):
    return log_reading.read(data, name=name, now=NOW, **more)


def bring(client, data, name="日志.csv"):
    file = io.BytesIO(data)
    file.name = name
    answer = client.post("/deliveries/logs/upload/", {"file": file})
    assert answer.status_code == 302, answer.content
    work()
    return DeliveryLog.objects.latest("pk")


def work():
    for job in Job.objects.due():
        running.perform(job.pk)


def confirm(client, log):
    log.refresh_from_db()
    answer = client.post(f"/deliveries/logs/{log.pk}/confirm/", {"version": log.version})
    assert answer.status_code == 302
    work()
    log.refresh_from_db()
    return log


# --- reading ----------------------------------------------------------------------------------


def test_times_and_counts_are_read_as_platforms_write_them():
    rows = [
        ["1", "", "", "2025/10/1 8:05", "1", "0", "12", "20251001"],
        ["2", "", "", "2025-10-01T08:05:30", "", "", "1,284", "—"],
        ["3", "", "", "2025年10月1日", "", "", "12条", ""],
    ]
    found = read(as_csv(*rows))

    assert found.problems == []
    assert [one.at[:19] for one in found.rows[:3]] == [
        *("2025-10-01T08:05:00", "2025-10-01T08:05:30", "2025-10-01T00:00:00"),
    ]
    assert [one.rows for one in found.rows] == [12, 1284, 12]
    assert found.rows[0].newest.startswith("2025-10-01T00:00:00+08:00")


def test_calls_that_succeeded_tell_what_one_of_the_others_leaves_open():
    header = ["目录代码", "时间", "调用次数", "成功次数", "失败次数"]
    rows = [["1", "2025-10-19", *counts] for counts in (["", 7, 3], [10, 7, ""], [10, 7, 2])]
    found = read(as_csv(*rows, header=header)).rows
    assert [(one.calls, one.failures) for one in found] == [(10, 3), (10, 3), (10, 2)]
    wrong = read(as_csv(["1", "2025-10-19", 10, 11, 0], header=header))
    assert [one.kind for one in wrong.problems] == ["contradiction"]


def test_a_code_that_a_sheet_took_for_a_number_has_lost_figures():
    found = read(
        as_xlsx([307001001000001123456, "", "", "2025-10-19", 1, 0, None, None]), "日.xlsx"
    )
    [problem] = found.problems
    assert (problem.column, problem.kind) == ("目录代码", "bad_value")
    assert "文本" in str(problem.message)


def test_everything_that_is_wrong_with_a_row_is_said_at_once():
    found = read(as_csv(["", "", "", "", "很多", "", "", "2027-01-01"]))
    assert [one.kind for one in found.problems] == ["empty", "empty", "bad_value", "future"]


def test_an_excel_sheet_with_real_dates_is_read_below_its_title():
    at = dt.datetime(2025, 10, 1, 8, 5)  # noqa: DTZ001 Excel knows no zones
    cells = ["307/1", "", "", at, 12, 1, None, dt.date(2025, 9, 30)]
    serial = ["307/1", "", "", 45931.5, 12, 1, None, None]
    one, other = read(as_xlsx(cells, serial), "日志.xlsx").rows
    assert other.at == "2025-10-01T12:00:00+08:00"

    assert (one.number, one.calls, one.failures, one.rows) == (3, 12, 1, None)
    assert one.at == "2025-10-01T08:05:00+08:00"


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        (3, "昨天", "bad_value"),
        (3, "2025-13-01", "bad_value"),
        (3, "1999-01-01", "bad_value"),
        (3, "2025-10-21", "future"),
        (3, "", "empty"),
        (4, "很多", "bad_value"),
        (4, "1.5", "bad_value"),
        (4, "", "empty"),
        (5, "121", "contradiction"),
        (7, "2025-12-01", "future"),
        (0, "", "empty"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_by_row_and_column(column, value, kind):
    row = list(CALLS)
    row[column] = value
    found = read(as_csv(CALLS, row))

    assert found.outcome == "row_errors"
    [problem] = found.problems
    assert (problem.row, problem.kind) == (3, kind)
    assert problem.column
    assert len(problem.message) > 3


def test_a_log_that_names_no_resource_or_no_time_is_refused():
    assert read(as_csv(["2025-10-01", "5"], header=["统计时间", "调用次数"])).outcome == "reject"
    assert read(as_csv(["307/1", "5"], header=["目录代码", "调用次数"])).outcome == "reject"
    assert read(b"%PDF-1.4", "日志.pdf").outcome == "reject"


def test_totals_are_no_rows_and_what_only_begins_like_one_is():
    header = ["资源名称", "时间", "数据量"]
    rows = [["累计缴费信息", "2025-10-19", 7], ["合计", "", 7], ["总计金额", "", 7]]
    assert [one.title for one in read(as_csv(*rows, header=header)).rows] == ["累计缴费信息"]


def test_a_log_in_gb18030_is_read():
    text = as_csv(FILE).decode().encode("gb18030")
    [row] = read(text).rows
    assert (row.title, row.provider, row.rows) == ("【示例】企业信用", "省公安厅", 1284)


# --- matching and taking over -----------------------------------------------------------------


def test_a_log_is_shown_confirmed_and_taken_over(client, owed):
    interface, file = owed
    unknown = ["999", "没有人的资源", "", "2025-10-19", "", "", "5", ""]
    log = bring(client, as_csv(CALLS, FILE, unknown))
    page = client.get(f"/deliveries/logs/{log.pk}/").content.decode()
    assert "没有人的资源" in page
    assert Delivery.objects.count() == 0

    log = confirm(client, log)

    assert log.state == "applied"
    assert log.counts["new"] == 2
    interface.refresh_from_db()
    file.refresh_from_db()
    assert interface.delivery_due_on == dt.date(2025, 10, 20)
    assert file.delivery_due_on == dt.date(2025, 11, 30)
    one = interface.deliveries.get()
    assert (one.calls, one.failures, one.log, one.log_row) == (120, 3, log, 2)
    assert "307/1" in one.raw
    kept = UnmatchedRow.objects.get()
    assert (kept.why, kept.values["title"]) == ("unknown", "没有人的资源")
    assert "没有人的资源" in client.get("/deliveries/logs/").content.decode()
    assert "日志.csv" in client.get("/deliveries/").content.decode()
    assert AuditEntry.objects.get(verb="apply_delivery_log").detail["new"] == 2


def test_the_same_file_twice_adds_nothing(client, owed):
    unknown = ["999", "没有人的资源", "", "2025-10-19", "", "", "5", ""]
    data = as_csv(CALLS, FILE, FILE, unknown)
    first = bring(client, data)
    assert (first.counts["to_add"], first.counts["repeated"]) == (2, 1)
    confirm(client, first)
    again = bring(client, data, "再来一次.csv")
    assert (again.counts["to_add"], again.counts["repeated"]) == (0, 3)
    page = client.get(f"/deliveries/logs/{again.pk}/").content.decode()
    assert "同一文件此前已导入：日志.csv" in page
    again = confirm(client, again)

    assert (again.counts["new"], again.counts["known"], again.counts["unmatched_new"]) == (0, 3, 0)
    assert Delivery.objects.count() == 2
    assert UnmatchedRow.objects.count() == 1


def test_a_row_finds_its_obligation_once_the_code_is_known(client, owed):
    unknown = ["888", "", "", "2025-10-19", "", "", "5", ""]
    confirm(client, bring(client, as_csv(unknown)))
    SharingTerms.objects.filter(item=owed[1].item).update(catalogue_code="888")

    assert client.post("/deliveries/logs/match/").status_code == 302

    assert owed[1].deliveries.get().rows == 5
    assert not UnmatchedRow.objects.filter(matched_at=None).exists()


def test_a_title_that_several_departments_owe_needs_the_provider(
    client, verified, owe, make_item, health, coordinator
):
    mine = verified("monthly", title="【示例】同名资源")
    other = owe(health, item=make_item(health, title="【示例】同名资源"), status="in_progress")
    row = ["", "【示例】同名资源", "", "2025-10-18", "", "", "5", ""]
    named = ["", "【示例】同名资源", "省卫生健康委员会", "2025-10-18", "", "", "5", ""]
    confirm(client, bring(client, as_csv(row, named)))

    assert mine.deliveries.count() == 0
    assert other.deliveries.count() == 1
    assert UnmatchedRow.objects.get().why == "several"


def test_a_code_that_several_departments_owe_needs_the_provider(verified, owe, make_item, health):
    mine = verified("monthly", code="307/9", title="【示例】甲")
    item = make_item(health, title="【示例】乙")
    SharingTerms.objects.filter(item=item).update(catalogue_code="307/9")
    owe(health, item=item, status="in_progress")
    found = log_keeping.Catalogue(on=TODAY)

    assert found.find(code="307/9", title="", provider="").why == "several"
    assert found.find(code="307/9", title="", provider="省公安厅").ids == (mine.pk,)
    # The platform's own name for a body does not make a code less of one.
    assert found.find(code="307/9", title="", provider="某平台公司").why == "several"


def test_a_resource_that_nobody_owes_is_shown_once_with_how_often_it_was_named(client, owed):
    days = ("2025-10-17", "2025-10-19", "2025-10-18")
    rows = [["999", "没有人的资源", "省公安厅", day, "", "", "5", ""] for day in days]
    confirm(client, bring(client, as_csv(*rows, ["", "另一个", "", days[0], "", "", "1", ""])))

    answer = client.get("/deliveries/logs/")

    shown = [
        (one["title"], one["count"], one["last_at"][:10]) for one in answer.context["unmatched"]
    ]
    assert shown == [("没有人的资源", 3, "2025-10-19"), ("另一个", 1, "2025-10-17")]
    assert answer.context["unmatched_count"] == 4


@pytest.mark.parametrize(
    ("provider", "why", "said"),
    [
        ("省卫生健康委员会", "elsewhere", "属于其他部门"),
        ("省里的某个单位", "no_body", "尚无该部门"),
    ],
)
def test_why_a_title_of_another_provider_finds_nothing_is_said(
    provider, why, said, client, owed, health
):
    row = ["", "【示例】企业信用", provider, "2025-10-18", "", "", "5", ""]
    log = confirm(client, bring(client, as_csv(row)))

    assert UnmatchedRow.objects.get(log=log).why == why
    assert said in client.get("/deliveries/logs/").content.decode()


def test_why_a_row_is_kept_is_looked_at_anew(client, owed, make_department):
    row = ["", "【示例】企业信用", "省新设的局", "2025-10-18", "", "", "5", ""]
    confirm(client, bring(client, as_csv(row)))
    make_department("省新设的局")
    client.post("/deliveries/logs/match/")
    assert UnmatchedRow.objects.get(matched_at=None).why == "elsewhere"


def test_a_log_of_a_citys_coordinator_speaks_for_the_city_alone(
    owed, city, make_user, make_department, owe, make_item
):
    bureau = make_department("甲市数据局", at=city)
    here = owe(bureau, item=make_item(bureau, title="【示例】城市资源"), status="in_progress")
    person = make_user("city", "coordinator", department=bureau, region=city)
    browser = Client()
    browser.force_login(person, backend="accounts.signin.Backend")
    own = ["", "【示例】城市资源", "", "2025-10-18", "", "", "5", ""]
    confirm(browser, bring(browser, as_csv(CALLS, own)))

    assert Delivery.objects.get().obligation == here
    assert UnmatchedRow.objects.get().values["code"] == "307/1"


def test_a_log_with_problems_is_not_taken_over(client, owed):
    bad = list(CALLS)
    bad[4] = "很多"
    log = bring(client, as_csv(CALLS, bad))

    assert log.state == "problems"
    assert "很多" in client.get(f"/deliveries/logs/{log.pk}/").content.decode()
    said = {"version": log.version}
    assert client.post(f"/deliveries/logs/{log.pk}/confirm/", said).status_code == 409
    assert client.post(f"/deliveries/logs/{log.pk}/discard/", said).status_code == 302
    assert Delivery.objects.count() == 0


def test_what_columns_mean_is_said_once_and_remembered(client, owed):
    header = ["甲", "乙", "丙"]
    row = ["307/1", "2025-10-19", "12"]
    log = bring(client, as_csv(row, header=header))
    assert log.state == "refused"

    numbers = {one["label"]: one["number"] for one in log.layout["columns"]}
    said = {
        "version": log.version,
        f"column-{numbers['甲']}": "code",
        f"column-{numbers['乙']}": "at",
        f"column-{numbers['丙']}": "calls",
    }
    assert client.post(f"/deliveries/logs/{log.pk}/columns/", said).status_code == 302
    work()
    log.refresh_from_db()
    assert log.state == "ready", log.problems
    assert ColumnMapping.objects.get().kind == "delivery_log"

    assert bring(client, as_csv(row, header=header), "明天.csv").state == "ready"


def test_programs_bring_logs_as_well(coordinator, owed):
    program = APIClient()
    program.force_authenticate(coordinator)
    file = io.BytesIO(as_csv(CALLS))
    file.name = "日志.csv"
    answer = program.post("/api/v1/delivery_logs/", {"file": file}, format="multipart")
    assert answer.status_code == 202
    address = f"/api/v1/delivery_logs/{answer.json()['id']}/"
    work()
    read_log = program.get(address).json()
    assert read_log["state"] == "ready"
    assert program.post(f"{address}apply/", {}, format="json").status_code == 428
    said = {"version": read_log["version"]}
    assert program.post(f"{address}apply/", said, format="json").status_code == 202
    work()
    assert program.get(address).json()["counts"]["new"] == 1


# --- the folder -------------------------------------------------------------------------------


@pytest.fixture
def folder(settings, tmp_path):
    settings.DELIVERY_INBOX = tmp_path / "inbox"
    settings.DELIVERY_INBOX.mkdir()

    def leave(name, data, *, seconds_ago=60):
        path = settings.DELIVERY_INBOX / name
        path.write_bytes(data)
        at = NOW.timestamp() - seconds_ago
        os.utime(path, (at, at))

    leave.path = settings.DELIVERY_INBOX
    return leave


def take():
    return inbox.take(by=None, now=NOW, on=TODAY)


def test_files_of_the_folder_are_taken_over_or_refused_with_a_reason(folder, owed):
    folder("1.csv", as_csv(CALLS))
    folder("2.csv", as_csv(["307/1", "", "", "昨天", "", "", "", ""]))
    folder("3.pdf", b"%PDF-1.4")
    taken = take()

    assert (taken.done, taken.refused, taken.new) == (["1.csv"], ["2.csv", "3.pdf"], 1)
    assert sorted(path.name for path in (folder.path / "done").iterdir()) == ["1.csv"]
    refused = {path.name for path in (folder.path / "refused").iterdir()}
    assert refused == {"2.csv", "2.csv.txt", "3.pdf", "3.pdf.txt"}
    assert "昨天" in (folder.path / "refused/2.csv.txt").read_text()
    assert DeliveryLog.objects.get().created_by is None


def test_the_same_file_again_adds_nothing_and_keeps_both_files(folder, owed):
    for _day in range(2):
        folder("日志.csv", as_csv(CALLS))
        take()
    assert Delivery.objects.count() == 1
    assert len(list((folder.path / "done").iterdir())) == 2


def test_what_is_still_being_written_hidden_or_a_link_is_left_alone(folder, owed):
    folder("still.csv", as_csv(CALLS), seconds_ago=2)
    folder(".hidden.csv", as_csv(CALLS))
    (folder.path / "link.csv").symlink_to(folder.path / ".hidden.csv")

    assert take().done == []
    assert (folder.path / "still.csv").exists()


def test_an_installation_without_the_folder_has_nothing_to_take(settings, tmp_path, db):
    settings.DELIVERY_INBOX = tmp_path / "nowhere"
    assert take().done == []


def test_the_button_has_a_job_look_into_the_folder(client, folder, owed):
    folder("1.csv", as_csv(CALLS))
    assert client.post("/deliveries/logs/inbox/").status_code == 302
    work()
    assert Delivery.objects.count() == 1


def test_the_button_says_so_where_the_schedule_looks_already(client, folder, owed):
    queue.enqueue("sharing_lists.take_from_inbox", key="inbox", period="2026-11-23T12:00")

    answer = client.post("/deliveries/logs/inbox/", follow=True)

    assert "正在收取" in answer.text
    assert Job.objects.count() == 1


def test_nothing_is_matched_to_what_is_not_issued_or_withdrawn(verified, owe, make_item, police):
    draft = owe(police, item=make_item(police, title="【示例】草稿"))
    assert draft.status == "draft"
    found = log_keeping.Catalogue(on=TODAY).find(code="", title="【示例】草稿", provider="")
    assert found.why == "unknown"
