"""Reports: made by a job, stored with their digest, listed and downloaded by those allowed."""

import datetime as dt
import hashlib
import io
import os
from urllib.parse import quote

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from jobs import running
from jobs.models import Job
from obligations import filing
from reports import making, snapshots
from reports.models import Report, Snapshot
from reports.scopes import Scope

AS_OF = dt.date(2025, 11, 21)


@pytest.fixture
def owed(owe, police):
    return owe(police, status="issued")


@pytest.fixture
def now():
    with time_machine.travel(dt.datetime(2025, 11, 21, 2, 0, tzinfo=dt.UTC), tick=False):
        yield


def made(by, scope):
    job = making.ask(on=AS_OF, today=AS_OF, by=by, scope=scope)
    assert running.perform(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return Report.objects.get(job=job)


@pytest.fixture
def report(owed, coordinator, now):
    return made(coordinator, Scope())


@pytest.fixture
def own_report(owed, officer, now):
    return made(officer, Scope(department=officer.department))


def download(client, user, report):
    client.force_login(user)
    answer = client.get(reverse("reports:download", args=[report.pk]))
    if answer.streaming:
        answer.body = b"".join(answer.streaming_content)
    return answer


def test_the_first_page_of_leaders_shows_the_newest(report, bring, leader, client):
    bring(report.snapshot, "published")
    client.force_login(leader)

    panel = client.get("/reports/", headers={"hx-request": "true"}).text

    assert report.name in panel
    assert "<main" not in panel


def test_the_job_makes_one_report_with_its_digest(report, coordinator):
    content = filing.absolute(report.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    assert len(content) == report.size
    assert report.made_by == coordinator
    assert report.name in report.job.result["message"]
    assert load_workbook(io.BytesIO(content)).sheetnames[0] == "封面"


def test_a_repeated_job_takes_no_second_snapshot(owed, coordinator, now):
    job = making.ask(on=AS_OF, today=AS_OF, by=coordinator, scope=Scope())
    first = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, job=job)
    assert running.perform(job.pk)
    assert Report.objects.get().snapshot == first
    assert Snapshot.objects.count() == 1


def test_asking_twice_is_one_job(owed, coordinator, now):
    jobs = [making.ask(on=AS_OF, today=AS_OF, by=coordinator, scope=Scope()) for _ in range(2)]
    assert jobs[0].pk == jobs[1].pk


def test_the_weekly_report_is_about_the_week_that_ended(owed, db):
    with time_machine.travel(dt.datetime(2025, 11, 24, 1, 0, tzinfo=dt.UTC)):
        job = Job.objects.create(
            kind="reports.make", period="2025-W48", args={"on": "2025-11-24", "every": "week"}
        )
        assert running.perform(job.pk)
    snapshot = Report.objects.get(job=job).snapshot
    assert (snapshot.as_of, snapshot.taken_by) == (dt.date(2025, 11, 23), None)


def test_a_download_is_an_attachment_with_its_chinese_name_and_is_audited(
    client, report, bring, leader
):
    bring(report.snapshot, "published")
    answer = download(client, leader, report)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(report.name)}"
    entry = AuditEntry.objects.of("reports.report", report.pk).get(verb="download_report")
    handed_out = hashlib.sha256(answer.body).hexdigest()
    assert (entry.user_id, entry.detail["sha256"]) == (leader.pk, handed_out)
    assert entry.detail["stored_sha256"] == report.sha256


@pytest.mark.parametrize("who", ["officer", "reviewer", "officer2"])
def test_the_provinces_report_does_not_exist_for_departments(client, report, request, who):
    user = request.getfixturevalue(who)
    assert download(client, user, report).status_code == 404
    assert report.name not in client.get(reverse("reports:list")).content.decode()


def test_a_departments_report_is_seen_by_it_and_by_its_superiors(
    client, own_report, reviewer, officer2, coordinator
):
    assert download(client, reviewer, own_report).status_code == 200
    assert download(client, coordinator, own_report).status_code == 200
    assert download(client, officer2, own_report).status_code == 404


@pytest.mark.parametrize("who", ["auditor", "secadmin", "sysadmin"])
def test_administrators_have_no_reports(client, report, request, who):
    assert download(client, request.getfixturevalue(who), report).status_code == 403
    assert client.get(reverse("reports:list")).status_code == 403


def test_nobody_downloads_without_signing_in(client, report):
    assert client.get(reverse("reports:download", args=[report.pk])).status_code == 302


def test_a_file_that_was_tampered_with_is_not_given_out(client, report, coordinator):
    filing.absolute(report.path).write_bytes(b"other")
    assert download(client, coordinator, report).status_code == 409
    assert not AuditEntry.objects.filter(verb="download_report").exists()


def test_the_button_makes_a_job_and_the_page_shows_it(client, owed, coordinator, now):
    client.force_login(coordinator)
    answer = client.post(reverse("reports:make"), {"on": "2025-11-20"}, follow=True)
    job = Job.objects.get(kind="reports.make")
    assert job.args["on"] == "2025-11-20"
    assert f"job-{job.pk}-progress" in answer.content.decode()
    assert running.perform(job.pk)
    report = Report.objects.get()
    assert report.name in client.get(answer.redirect_chain[-1][0]).content.decode()
    page = client.get(reverse("reports:detail", args=[report.pk])).content.decode()
    assert report.sha256 in page


def test_an_officers_button_reports_on_the_own_department_alone(client, owed, officer, health):
    client.force_login(officer)
    client.post(reverse("reports:make"), {"on": "2025-11-20", "department": health.pk})
    assert Job.objects.get(kind="reports.make").args["department"] == officer.department_id


@pytest.mark.parametrize(
    ("on", "status"), [("", 422), ("soon", 422), ("2999-01-01", 409), ("2024-01-01", 409)]
)
def test_an_impossible_day_makes_no_job_and_says_so_on_the_page(
    client, owed, coordinator, on, status
):
    client.force_login(coordinator)
    answer = client.post(reverse("reports:make"), {"on": on})
    assert answer.status_code == status
    assert answer.context["form"].errors or str(answer.context["refusal"]) in answer.text
    assert f'value="{on}"' in answer.text or not on
    assert not Job.objects.filter(kind="reports.make").exists()


def test_a_department_that_owes_nothing_has_no_report(owed, officer, officer2, now):
    making.ask(on=AS_OF, today=AS_OF, by=officer, scope=Scope(department=officer.department))
    with pytest.raises(RuleViolation, match=f"{officer2.department.name}”没有责任事项"):
        making.ask(on=AS_OF, today=AS_OF, by=officer2, scope=Scope(department=officer2.department))


def test_without_any_list_it_is_said_who_imports_one(client, coordinator, leader, officer, now):
    for user in (coordinator, leader, officer):
        client.force_login(user)
        page = client.get(reverse("reports:list")).text
        assert "还没有清单，请由统筹人员先导入清单。" in page
        assert ("导入清单</a>" in page.split('class="empty"')[1]) is (user == coordinator)
    with pytest.raises(RuleViolation, match="请由统筹人员先导入清单"):
        making.ask(on=AS_OF, today=AS_OF, by=coordinator, scope=Scope())


def test_the_report_of_the_latest_day_stands_first(client, owed, coordinator, now):
    for as_of in (AS_OF, AS_OF - dt.timedelta(days=1)):
        frozen = snapshots.take(as_of=as_of, today=AS_OF, by=coordinator)
        making.record(frozen, making.write(frozen), by=coordinator, job=None)
    client.force_login(coordinator)
    page = client.get(reverse("reports:list")).context["page"]
    assert [one.snapshot.as_of for one in page] == [AS_OF, AS_OF - dt.timedelta(days=1)]


def test_files_that_no_report_knows_are_swept(report):
    folder = filing.absolute(making.FOLDER)
    orphan, fresh = folder / "orphan", folder / "fresh.part"
    for file in (orphan, fresh):
        file.write_bytes(b"x")
    os.utime(orphan, (0, 0))
    os.utime(filing.absolute(report.path), (0, 0))
    making.sweep()
    assert not orphan.exists()
    assert fresh.exists()
    assert filing.absolute(report.path).exists()


def test_the_command_writes_the_file_and_keeps_a_report(owed, tmp_path, now, capsys):
    output = tmp_path / "out.xlsx"
    call_command("make_report", "--on", "2025-11-21", "--output", str(output))
    report = Report.objects.get()
    assert hashlib.sha256(output.read_bytes()).hexdigest() == report.sha256
    assert report.sha256 in capsys.readouterr().out


@pytest.mark.parametrize(
    ("on", "folder"),
    [("soon", "."), ("2999-01-01", "."), ("2024-01-01", "."), ("2025-11-21", "nowhere")],
)
def test_the_command_refuses_in_a_sentence(owed, tmp_path, on, folder, now):
    with pytest.raises(CommandError):
        call_command("make_report", "--on", on, "--output", str(tmp_path / folder / "out.xlsx"))
    assert not Report.objects.exists()
