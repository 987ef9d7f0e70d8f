"""Draft, window, rulings, publication: a report with its scores, over the pages alone."""

import datetime as dt
import io

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts.errors import RuleViolation
from jobs import running
from jobs.models import Job
from obligations import filing, score_statements
from obligations.models import ScoreObjection, ScoreSheet, ScoreStatement
from reports import fingerprints, making, publishing, scores_of, snapshots
from reports.models import Report
from reports.scopes import Scope
from reports.verifying import proving

AS_OF = dt.date(2025, 11, 21)
NOON = dt.datetime(2025, 11, 21, 4, tzinfo=dt.UTC)
LATER = dt.datetime(2025, 12, 8, 4, tzinfo=dt.UTC)


def go(user, address, data=None):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user, backend="accounts.signin.Backend")
    return client.get(address) if data is None else client.post(address, data)


@pytest.fixture
def act():
    def do(user, report, deed, **said):
        report.snapshot.refresh_from_db()
        said = {"version": report.snapshot.version, **said}
        return go(user, reverse(f"reports:{deed}", args=[report.pk]), said)

    return do


def test_a_report_waits_for_its_scores_and_then_shows_them(
    province, filed, act, coordinator, second, leader, officer, police
):
    with time_machine.travel(NOON, tick=False):
        report = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator))
        assert act(coordinator, report, "tie-scores").status_code == 302
        page = go(coordinator, reverse("reports:detail", args=[report.pk])).content.decode()
        assert "尚未起草" in page
        running.perform(Job.objects.get(kind=score_statements.JOB).pk)
        statement = ScoreStatement.objects.get()
        act(coordinator, report, "review")
        refused = act(second, report, "publish")
        assert refused.status_code == 409
        assert "请先送部门核对" in refused.content.decode()

        go(coordinator, reverse("obligations:score-open", args=[statement.pk]), {"version": 1})
        statement.refresh_from_db()
        sheet = ScoreSheet.objects.get(statement=statement, department=police)
        line = sheet.lines.filter(numerator=0).first()
        said = {"version": sheet.version, "reason": "已报送"}
        go(officer, reverse("obligations:score-object", args=[line.pk]), said)
        shown = go(second, reverse("reports:detail", args=[report.pk]))
        text = shown.content.decode()
        assert str(statement.objections_until) in text
        assert "1 件未裁定" in text
        assert reverse("obligations:score-statement", args=[statement.pk]) in text
        assert act(second, report, "publish").status_code == 409
        assert scores_of.scores(report.snapshot) == []

    with time_machine.travel(LATER, tick=False):
        assert "1 件未裁定" in act(second, report, "publish").content.decode()
        sheet.refresh_from_db()
        ruling = {"version": sheet.version, "outcome": "counted", "note": "属实"}
        objection = ScoreObjection.objects.get()
        go(second, reverse("obligations:score-ruling", args=[objection.pk]), ruling)
        assert "尚未发布" in act(second, report, "publish").content.decode()
        statement.refresh_from_db()
        version = {"version": statement.version}
        go(second, reverse("obligations:score-publish", args=[statement.pk]), version)
        assert go(leader, reverse("reports:detail", args=[report.pk])).status_code == 404
        assert "请先重新生成工作簿" in act(second, report, "publish").content.decode()
        shown = go(second, reverse("reports:detail", args=[report.pk])).content.decode()
        assert "重新生成工作簿" in shown
        assert reverse("reports:publish", args=[report.pk]) not in shown
        assert act(second, report, "remake").status_code == 302
        assert act(second, report, "publish").status_code == 409
        assert running.perform(Job.objects.get(kind="reports.remake").pk)
        assert act(second, report, "publish").status_code == 302
        assert act(second, report, "remake").status_code == 409
        page = go(leader, reverse("reports:detail", args=[report.pk]))
        found = {one.department: one for one in scores_of.scores(report.snapshot)}
        sheet.refresh_from_db()
        assert (found["省公安厅"].score, found["省公安厅"].place) == (sheet.score, sheet.rank)
        assert str(sheet.score) in page.content.decode()
        scored = {row[1].value: row for row in stored(report)["部门得分"].iter_rows(min_row=5)}
        assert scored["省公安厅"][2].value == float(sheet.score)
        assert scored["省公安厅"][0].value == (sheet.rank or "—")


def stored(report):
    report.refresh_from_db()
    return load_workbook(io.BytesIO(filing.absolute(report.path).read_bytes()))


def scores_come_out(coordinator, second):
    running.perform(Job.objects.get(kind=score_statements.JOB).pk)
    ScoreStatement.objects.update(
        state="published",
        opened_by=coordinator,
        opened_on=AS_OF,
        objections_until=AS_OF,
        published_by=second,
        published_on=AS_OF + dt.timedelta(1),
    )


def test_what_was_made_anew_is_proved_and_no_published_file_is_replaced(
    province, coordinator, second
):
    with time_machine.travel(NOON, tick=False):
        taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
        report = making.record(taken, making.write(taken), by=coordinator, job=None)
        first = report.sha256
        with pytest.raises(RuleViolation, match="无须重新生成"), translation.override("zh-hans"):
            publishing.remake_workbook(taken, by=coordinator, on=AS_OF)
        publishing.tie_scores(taken, by=coordinator, on=AS_OF)
        scores_come_out(coordinator, second)
        digest = fingerprints.of_snapshot(taken)
        publishing.remake_workbook(taken, by=coordinator, on=AS_OF)
        assert running.perform(Job.objects.get(kind="reports.remake").pk)
        sheets = stored(report).sheetnames
        assert sheets.index("部门得分") == sheets.index("部门排名") + 1
        assert report.sha256 != first
        assert report.fingerprints["snapshot"] == digest
        with filing.absolute(report.path).open("rb") as file:
            verdict = proving.verify(file, today=AS_OF)
        assert verdict.ok, verdict.differences
        assert Report.objects.count() == 1

        publishing.untie_scores(taken, by=coordinator, on=AS_OF)
        assert scores_of.workbook_is_behind(taken)
        assert scores_of.scores(taken) == []
        publishing.tie_scores(taken, by=coordinator, on=AS_OF)
        assert not scores_of.workbook_is_behind(taken)

        again = making.write(taken)
        publishing.review(taken, by=coordinator, on=AS_OF)
        publishing.publish(taken, by=second, on=AS_OF)
        with pytest.raises(RuleViolation):
            making.replace(taken, again, by=coordinator, job=None)
        making.erase(again)


def test_a_workbook_that_comes_after_the_publication_is_thrown_away(province, coordinator, second):
    with time_machine.travel(NOON, tick=False):
        taken = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
        report = making.record(taken, making.write(taken), by=coordinator, job=None)
        publishing.tie_scores(taken, by=coordinator, on=AS_OF)
        scores_come_out(coordinator, second)
        publishing.remake_workbook(taken, by=coordinator, on=AS_OF)
        publishing.untie_scores(taken, by=coordinator, on=AS_OF)
        publishing.review(taken, by=coordinator, on=AS_OF)
        publishing.publish(taken, by=second, on=AS_OF)

        job = Job.objects.get(kind="reports.remake")
        running.perform(job.pk)

    job.refresh_from_db()
    assert job.state == "failed"
    stored_file = filing.absolute(report.path)
    assert [*stored_file.parent.iterdir()] == [stored_file]


def test_the_scores_of_the_province_are_not_those_of_a_city(province, city, coordinator, second):
    with time_machine.travel(NOON, tick=False):
        whole, part, earlier = (
            snapshots.take(as_of=day, today=AS_OF, by=coordinator, scope=scope)
            for day, scope in (
                *((AS_OF, Scope()), (AS_OF, Scope(region=city))),
                (AS_OF - dt.timedelta(1), Scope()),
            )
        )
        publishing.tie_scores(whole, by=coordinator, on=AS_OF)
        publishing.tie_scores(part, by=coordinator, on=AS_OF)
        scores_come_out(coordinator, second)

    assert scores_of.are_out(whole)
    assert scores_of.statement_of(part) is scores_of.statement_of(earlier) is None
    in_order = ScoreSheet.objects.order_by("position").values_list("department_id", flat=True)
    assert [one.department_id for one in scores_of.scores(whole)] == [*in_order]
    unsaid = dict.fromkeys(("opened_by", "opened_on", "objections_until"))
    unsaid |= dict.fromkeys(("published_by", "published_on"))
    ScoreStatement.objects.update(state="discarded", **unsaid)
    assert scores_of.statement_of(whole) is None


def test_less_than_a_whole_territory_has_no_scores(
    province, filed, act, coordinator, police, docking_list
):
    with time_machine.travel(NOON, tick=False):
        less = (Scope(department=police), Scope(scene="新生儿出生"), Scope(on_list=docking_list))
        for scope in less:
            report = filed(snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator, scope=scope))
            assert "tie_scores" not in publishing.allowed(report.snapshot, by=coordinator)
            assert act(coordinator, report, "tie-scores").status_code == 409
    assert not Report.objects.filter(snapshot__with_scores=True).exists()
