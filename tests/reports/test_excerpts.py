"""A department's part of a report about many: its rows alone, in every sheet and every form."""

import datetime as dt
import io
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation
from openpyxl import load_workbook
from rest_framework.test import APIClient

from accounts import tokens
from accounts.errors import RuleViolation
from accounts.models import AuditEntry, Role
from jobs import running
from jobs.models import Job
from obligations import filing
from reports import excerpts, exports, form_making, making, publishing, snapshots, watermarks
from reports.models import FigureLine, ObligationLine, Report, Snapshot
from reports.scopes import Scope
from reports.tables import tables_of
from tests.reports.conftest import AS_OF

# What may stand in no cell of 省卫生健康委员会's part.
FOREIGN = ("公安", "人口管理系统", "部里接口未开放")
pytestmark = pytest.mark.settled("snapshot")


@pytest.fixture
def coordinator2(make_user):
    return make_user("coordinator2", Role.COORDINATOR)


@pytest.fixture
def published(snapshot, coordinator, coordinator2):
    publish(snapshot, coordinator, coordinator2)
    return snapshot


def publish(snapshot, first, second):
    publishing.review(snapshot, by=first, on=AS_OF, version=snapshot.version)
    publishing.publish(snapshot, by=second, on=AS_OF, version=snapshot.version)


def make(source, department, by):
    job = form_making.ask(source, "department", by=by, department=department)
    assert isinstance(job, Job)
    assert running.perform(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return Report.objects.get(job=job)


def words_of(snapshot):
    """Every text of every table."""
    with translation.override("zh-hans"):
        return [
            str(value)
            for one in tables_of(snapshot)
            for row in (*one.rows(), *([one.total] if one.total else []))
            for value in row.values
        ]


def test_an_excerpt_has_the_departments_rows_alone(published, health, coordinator):
    part = excerpts.take(published, health, by=coordinator)

    assert set(part.lines.values_list("department_id", flat=True)) == {health.pk}
    for word in words_of(part):
        assert not any(foreign in word for foreign in FOREIGN), word
    assert any("省卫生健康委员会" in word for word in words_of(part))
    # The same search finds them in the whole report.
    assert any("公安" in word for word in words_of(published))


def test_its_lines_are_the_frozen_ones_whatever_changed_since(published, province, health):
    waiting = province["waiting"]
    waiting.item.title = "改名"
    waiting.item.save()
    part = excerpts.take(published, health, by=None)
    assert values(part) == values(published, department_id=health.pk, exclude="draft")


def values(snapshot, *, exclude="", **only):
    rows = ObligationLine.objects.filter(snapshot=snapshot, **only).exclude(status=exclude)
    return [
        {name: value for name, value in row.items() if name not in ("id", "snapshot_id")}
        for row in rows.order_by("obligation_id").values()
    ]


def test_its_figures_are_the_departments_line_of_the_whole(published, health):
    part = excerpts.take(published, health, by=None)
    whole = part.figures.get(grouping=FigureLine.Grouping.WHOLE)
    line = published.figures.get(grouping=FigureLine.Grouping.DEPARTMENT, key=str(health.pk))
    same = ("applicable", "verified", "fell_due", "on_time", "red", "blue", "endorsed", "decided")
    assert [getattr(whole, name) for name in same] == [getattr(line, name) for name in same]


def test_what_was_not_issued_yet_is_not_the_departments_to_see(published, province, health):
    part = excerpts.take(published, health, by=None)
    assert not part.lines.filter(obligation_id=province["draft"].pk).exists()
    assert published.lines.filter(obligation_id=province["draft"].pk).exists()


def test_a_part_is_internal_by_its_own_lists_and_called_as_on_the_day(
    published, health, sharing_list, coordinator
):
    type(sharing_list).objects.filter(pk=sharing_list.pk).update(security="public")
    health.name = "省卫健委（新）"
    health.save()
    part = excerpts.take(published, health, by=coordinator)
    assert watermarks.is_internal(published)
    assert not Snapshot.objects.get(pk=part.pk).is_internal
    assert part.scope_name == "省卫生健康委员会"


def test_a_part_is_compared_with_the_same_part_of_the_report_before(published, health, coordinator):
    next_day = AS_OF + dt.timedelta(1)
    later = snapshots.take(as_of=next_day, today=next_day, by=coordinator)
    part = excerpts.take(later, health, by=coordinator)
    assert (part.previous.excerpt_of, part.previous.department) == (published, health)


def test_asking_again_gives_the_same_excerpt(published, health, coordinator):
    first = excerpts.take(published, health, by=coordinator)
    assert excerpts.take(published, health, by=coordinator) == first
    assert AuditEntry.objects.filter(verb="take_excerpt").count() == 1


def test_an_excerpt_goes_with_the_report_it_was_taken_from(
    snapshot, health, officer2, coordinator, coordinator2
):
    part = excerpts.take(snapshot, health, by=coordinator)
    assert part.state == "draft"
    assert not Snapshot.objects.visible_to(officer2).filter(pk=part.pk).exists()

    publish(snapshot, coordinator, coordinator2)
    part.refresh_from_db()
    assert (part.state, part.published_by) == ("published", coordinator2)
    assert Snapshot.objects.visible_to(officer2).filter(pk=part.pk).exists()

    publishing.withdraw(
        snapshot, by=coordinator, on=AS_OF, reason="口径有误", version=snapshot.version
    )
    part.refresh_from_db()
    assert (part.state, part.withdraw_reason) == ("withdrawn", "口径有误")


def test_nobody_decides_on_an_excerpt_by_itself(published, health, coordinator):
    part = excerpts.take(published, health, by=coordinator)
    assert publishing.allowed(part, by=coordinator) == []
    with pytest.raises(RuleViolation):
        publishing.withdraw(part, by=coordinator, on=AS_OF, reason="x", version=part.version)


def test_a_department_makes_its_workbook_from_a_published_report(published, health, officer2):
    report = make(published, health, officer2)

    assert report.form == "department"
    assert report.name.startswith("【示例】省卫生健康委员会")
    book = load_workbook(io.BytesIO(filing.absolute(report.path).read_bytes()))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    assert not [cell for cell in cells if any(foreign in cell for foreign in FOREIGN)]
    assert any("省卫生健康委员会" in cell for cell in cells)
    assert list(Report.objects.visible_to(officer2)) == [report]
    # It is there now: nobody waits for a second one.
    assert form_making.ask(published, "department", by=officer2, department=health) == report


def test_no_published_report_is_too_old_to_take_ones_part_from(published, health, officer2, client):
    [figure] = published.figures.filter(grouping="department", key=str(health.pk))
    for days in range(1, 52):
        published.pk, published.as_of = None, AS_OF - dt.timedelta(days)
        published.save(force_insert=True)
        figure.pk, figure.snapshot = None, published
        figure.save(force_insert=True)
    client.force_login(officer2)
    shown = [
        source.as_of
        for number in (1, 2)
        for source, _part in client.get(f"/reports/own/?page={number}").context["parts"]
    ]
    assert shown == [AS_OF - dt.timedelta(days) for days in range(52)]


def test_no_department_sees_the_others_part(published, health, coordinator, officer, reviewer):
    report = make(published, health, coordinator)
    for user in (officer, reviewer):
        assert not Report.objects.visible_to(user).filter(pk=report.pk).exists()
        assert not Snapshot.objects.visible_to(user).filter(pk=report.snapshot_id).exists()


def test_a_department_gets_nothing_from_a_draft(snapshot, health, officer2):
    with pytest.raises(PermissionDenied):
        form_making.ask(snapshot, "department", by=officer2, department=health)
    assert not excerpts.sources(officer2).exists()


def test_a_department_asks_for_itself_alone(published, police, officer2):
    with pytest.raises(PermissionDenied):
        form_making.ask(published, "department", by=officer2, department=police)
    assert not Job.objects.exists()


def test_a_leader_makes_nothing(published, health, leader):
    with pytest.raises(PermissionDenied):
        form_making.ask(published, "department", by=leader, department=health)


def test_a_coordinator_of_a_city_has_no_part_of_the_provinces_report(
    published, health, make_user, city
):
    of_city = make_user("of_city", Role.COORDINATOR, region=city)
    with pytest.raises(PermissionDenied):
        form_making.ask(published, "department", by=of_city, department=health)


def test_a_department_that_is_not_in_the_report_is_told_so(published, bureau, coordinator):
    with pytest.raises(RuleViolation, match="没有"):
        form_making.ask(published, "department", by=coordinator, department=bureau)


def test_the_tables_of_an_excerpt_are_the_departments_as_well(published, health, officer2):
    report = make(published, health, officer2)
    part = report.snapshot
    for one in tables_of(part):
        for form in (exports.CSV, exports.JSON):
            content = b"".join(exports.give(part, one.code, by=officer2, form=form).content)
            assert not any(foreign in content.decode() for foreign in FOREIGN)
    found = json.loads(b"".join(exports.give(part, "overview", by=officer2, form="json").content))
    assert (found["scope"], found["state"]) == ("省卫生健康委员会", "published")


def test_two_jobs_for_one_form_leave_one_file(published, health, coordinator, coordinator2):
    jobs = [
        form_making.ask(published, "department", by=by, department=health)
        for by in (coordinator, coordinator2)
    ]
    assert jobs[0] != jobs[1]
    for job in jobs:
        assert running.perform(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.error
    assert Report.objects.filter(form="department").count() == 1


@pytest.mark.parametrize("form", ["bulletin", "upward"])
def test_the_job_makes_each_form_once_with_its_digest(snapshot, coordinator, form):
    written = making.write(snapshot)
    making.record(snapshot, written, by=coordinator, job=None)
    job = form_making.ask(snapshot, form, by=coordinator)
    assert running.perform(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    report = Report.objects.get(form=form)
    assert report.name in job.result["message"]
    assert form_making.ask(snapshot, form, by=coordinator) == report
    assert Report.objects.filter(snapshot=snapshot).count() == 2


def test_a_bulletin_is_the_coordinators_and_about_many(province, snapshot, officer, coordinator):
    own = snapshots.take(
        as_of=AS_OF, today=AS_OF, by=officer, scope=Scope(department=officer.department)
    )
    with pytest.raises(PermissionDenied):
        form_making.ask(own, "bulletin", by=officer)
    with pytest.raises(RuleViolation):
        form_making.ask(own, "bulletin", by=coordinator)
    with pytest.raises(PermissionDenied):
        form_making.ask(snapshot, "upward", by=officer)
    assert isinstance(form_making.ask(own, "upward", by=officer), Job)


def test_an_unknown_form_is_refused(snapshot, coordinator):
    with pytest.raises(RuleViolation):
        form_making.ask(snapshot, "workbook", by=coordinator)


def test_the_day_of_a_report_is_the_day_of_its_parts(published, health):
    part = excerpts.take(published, health, by=None)
    assert (part.as_of, part.taken_at) == (published.as_of, published.taken_at)
    assert part.rules_version == published.rules_version


def test_programs_are_told_of_parts_where_they_ask_for_them(
    published, coordinator, leader, police, officer, filed
):
    whole = filed(published)
    part = make(published, police, coordinator)

    def told(user, query=""):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user, by=None)}")
        found = client.get(f"/api/v1/reports/{query}").json()["results"]
        return {one["id"]: one["part_of"] for one in found}

    only = {part.pk: published.pk}
    for person in (coordinator, leader):
        assert told(person) == told(person, "?part=no") == {whole.pk: None}
        assert told(person, "?part=only") == only
        assert told(person, "?part=any") == {whole.pk: None, **only}
    assert told(officer) == told(officer, "?part=only") == only
    assert told(officer, "?part=no") == {}
