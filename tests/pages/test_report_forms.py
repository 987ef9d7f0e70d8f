"""Pages: the forms of a report, its tables as files, the page to print, a department's own part."""

import csv
import io
import json
import re

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Role
from jobs import running
from jobs.models import Job
from obligations.models import ListItem, ResponsibilityList
from reports import making, publishing, snapshots
from reports.models import Report
from reports.tables import tables_of
from tests.reports.conftest import (  # noqa: F401
    AS_OF,
    advance,
    docking_item,
    docking_list,
    irregular,
    province,
    snapshot,
    to_reviewer,
)

pytestmark = pytest.mark.settled("report")


@pytest.fixture
def report(snapshot, coordinator):  # noqa: F811
    return making.record(snapshot, making.write(snapshot), by=coordinator, job=None)


@pytest.fixture
def published(report, coordinator, make_user):
    frozen = report.snapshot
    other = make_user("coordinator2", Role.COORDINATOR)
    publishing.review(frozen, by=coordinator, on=AS_OF, version=frozen.version)
    publishing.publish(frozen, by=other, on=AS_OF, version=frozen.version)
    return report


def read(client, user, name, *args, query=""):
    client.force_login(user)
    answer = client.get(reverse(f"reports:{name}", args=args) + query)
    if answer.streaming:
        answer.body = b"".join(answer.streaming_content)
    return answer


def work():
    for job in Job.objects.filter(state="queued"):
        assert running.perform(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error


def test_the_page_of_forms_offers_every_table_in_every_form(client, report, coordinator):
    page = read(client, coordinator, "forms", report.pk).text
    for one in tables_of(report.snapshot):
        for name in ("table-csv", "table-json"):
            assert reverse(f"reports:{name}", args=[report.pk, one.code]) in page
    assert f"{one.code}.csv?encoding=gb18030" in page
    assert reverse("reports:print", args=[report.pk]) in page
    assert "省公安厅" in page
    assert "省卫生健康委员会" in page


def test_a_table_is_taken_as_a_file_and_audited(client, report, coordinator):
    answer = read(client, coordinator, "table-csv", report.pk, "overdue")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert rows[1][2] == "【示例】数据资源3"
    other = read(client, coordinator, "table-csv", report.pk, "overdue", query="?encoding=gb18030")
    assert list(csv.reader(io.StringIO(other.body.decode("gb18030")))) == rows
    found = read(client, coordinator, "table-json", report.pk, "overdue")
    assert json.loads(found.body)["rows"][0]["title"] == "【示例】数据资源3"
    assert AuditEntry.objects.filter(verb="download_table").count() == 3


def test_an_unknown_table_or_encoding_is_refused(client, report, coordinator):
    assert read(client, coordinator, "table-csv", report.pk, "nothing").status_code == 404
    odd = read(client, coordinator, "table-csv", report.pk, "overdue", query="?encoding=x")
    assert odd.status_code == 409


@pytest.mark.parametrize("who", ["officer", "reviewer", "officer2"])
def test_another_scopes_report_has_no_forms_for_departments(client, published, who, request):
    user = request.getfixturevalue(who)
    for name, args in (
        ("forms", ()),
        ("print", ()),
        ("table-csv", ("overdue",)),
        ("table-json", ("overdue",)),
    ):
        assert read(client, user, name, published.pk, *args).status_code == 404
    made = client.post(reverse("reports:make-form", args=[published.pk]), {"form": "upward"})
    assert made.status_code == 404
    assert not Job.objects.exists()


@pytest.mark.parametrize("who", ["auditor", "secadmin", "sysadmin"])
def test_administrators_have_no_forms(client, report, who, request):
    user = request.getfixturevalue(who)
    assert read(client, user, "forms", report.pk).status_code == 403
    assert read(client, user, "table-csv", report.pk, "overdue").status_code == 403


def test_the_button_makes_the_bulletin_by_a_job(client, report, coordinator):
    client.force_login(coordinator)
    page = client.post(
        reverse("reports:make-form", args=[report.pk]), {"form": "bulletin"}, follow=True
    ).text
    job = Job.objects.get(kind="reports.make_form")
    assert f"job-{job.pk}-progress" in page
    work()
    made = Report.objects.get(form="bulletin")
    page = read(client, coordinator, "forms", report.pk).text
    assert made.name in page
    answer = read(client, coordinator, "download", made.pk)
    assert answer["Content-Type"] == made.media_type
    assert made.media_type.endswith("wordprocessingml.document")
    assert answer.body.startswith(b"PK")
    # A second wish leads to the file.
    again = client.post(reverse("reports:make-form", args=[report.pk]), {"form": "bulletin"})
    assert again["Location"] == reverse("reports:download", args=[made.pk])


def test_a_coordinator_makes_one_departments_workbook(client, report, coordinator, health, police):
    client.force_login(coordinator)
    address = reverse("reports:make-form", args=[report.pk])
    assert client.post(address, {"form": "department"}).status_code == 302
    assert not Job.objects.exists()
    assert client.post(address, {"form": "department", "department": "x"}).status_code == 404
    client.post(address, {"form": "department", "department": health.pk})
    work()
    [made] = Report.objects.filter(form="department")
    assert made.name in read(client, coordinator, "forms", report.pk).text
    assert read(client, coordinator, "download", made.pk).status_code == 200


def test_a_department_finds_itself_in_published_reports(client, published, officer2, officer):
    page = read(client, officer2, "own").text
    assert "全省" in page
    client.post(reverse("reports:take-own", args=[published.snapshot_id]))
    work()
    [made] = Report.objects.filter(form="department")
    assert made.name in read(client, officer2, "own").text
    assert read(client, officer2, "download", made.pk).status_code == 200
    assert read(client, officer2, "table-csv", made.pk, "departments").status_code == 200
    assert "公安" not in read(client, officer2, "print", made.pk).text
    assert made.name not in read(client, officer, "own").text
    assert read(client, officer, "download", made.pk).status_code == 404
    assert read(client, officer, "table-csv", made.pk, "departments").status_code == 404


def test_parts_of_a_report_hide_no_report_from_who_sees_the_whole(
    client, published, coordinator, leader, officer2
):
    client.force_login(officer2)
    client.post(reverse("reports:take-own", args=[published.snapshot_id]))
    work()
    part = Report.objects.get(form="department")
    address = f'"{reverse("reports:detail", args=[part.pk])}"'
    assert address in read(client, officer2, "list").text
    for user in (coordinator, leader):
        assert address not in read(client, user, "list").text
        assert part.name in read(client, user, "forms", published.pk).text


def test_a_draft_is_no_source_for_departments(client, report, officer2):
    assert "全省" not in read(client, officer2, "own").text
    address = reverse("reports:take-own", args=[report.snapshot_id])
    assert client.post(address).status_code == 404
    assert not Job.objects.exists()


def test_the_page_to_print_shows_tables_day_and_rules_without_inline_styles(
    client, report, coordinator
):
    page = read(client, coordinator, "print", report.pk).text
    frozen = report.snapshot
    for one in tables_of(frozen):
        assert (f"<h2>{one.name}</h2>" in page) is not one.code.startswith("ledger-")
    for text in (frozen.rules_version, "国务院公布的放假安排", "2025年11月21日24时", "【示例】"):
        assert text in page
    assert not re.search(r"<[a-z]+[^>]*\sstyle=", page)
    assert "<style" not in page
    assert 'class="lit-red">红<' in page


def test_the_page_to_print_says_who_opened_it_and_is_audited(client, report, coordinator):
    page = read(client, coordinator, "print", report.pk).text
    assert re.search(
        rf"内部资料　草稿　水印：{coordinator.display_name}[^<]* \d\d:\d\d:\d\d 打开<", page
    )
    entry = AuditEntry.objects.get(verb="print_report")
    assert (entry.object_id, entry.username) == (str(report.snapshot_id), coordinator.username)

    ResponsibilityList.objects.update(security="public")
    ListItem.objects.update(security="公开")
    assert "内部资料" not in read(client, coordinator, "print", report.pk).text


def test_text_from_people_is_shown_as_text(client, province, coordinator):  # noqa: F811
    item = province["overdue"].item
    item.title = "<script>alert(1)</script>"
    item.save()
    taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    report = making.record(taken, making.write(taken), by=coordinator, job=None)
    page = read(client, coordinator, "print", report.pk).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_pages_ask_few_questions(
    client, published, coordinator, officer2, django_assert_max_num_queries
):
    for user, name, args in (
        (coordinator, "forms", [published.pk]),
        (coordinator, "print", [published.pk]),
        (officer2, "own", []),
    ):
        client.force_login(user)
        with django_assert_max_num_queries(21):
            assert client.get(reverse(f"reports:{name}", args=args)).status_code == 200
