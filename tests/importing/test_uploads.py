"""An upload on its way: stored, read by a job, confirmed once, applied once, or erased."""

import io
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from jobs import running
from jobs.models import Job
from obligations.importing import Target, uploads
from obligations.models import Import, ListItem, ResponsibilityList
from tests.importing import books
from tests.importing.books import ROW, SHARING, row

pytestmark = pytest.mark.django_db
State = Import.State


@pytest.fixture
def upload(bodies, coordinator):
    """Receive a file and let its job read it."""

    def uploading(data, *, name="清单.xlsx", run=True, **options):
        row = uploads.receive(
            io.BytesIO(data), name=name, kind="sharing", target=Target(7), by=coordinator, **options
        )
        if run:
            work(row)
        return row

    return uploading


def work(row):
    running.perform(Import.objects.get(pk=row.pk).job_id)
    row.refresh_from_db()


def stored(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_clean_file_is_read_shown_confirmed_and_applied(upload, coordinator):
    row = upload(books.workbook(ROW))
    assert (row.state, row.row_count, row.plan["added"]) == (State.READY, 1, 1)
    assert row.sample[0]["数据资源名称"] == "居住证信息"
    assert ListItem.objects.count() == 0
    uploads.confirm(row, by=coordinator, version=row.version)
    work(row)
    assert row.state == State.APPLIED
    assert row.applied_list.source_sha256 == row.sha256
    assert ListItem.objects.count() == 1


def test_problems_are_kept_on_the_row_and_block_confirmation(upload, coordinator):
    found = upload(books.workbook(row(完成时限="尽快")))
    assert found.state == State.ROW_ERRORS
    assert found.problems[0]["kind"] == "bad_date"
    with pytest.raises(RuleViolation):
        uploads.confirm(found, by=coordinator, version=found.version)


def test_a_secret_file_is_erased(upload, settings):
    row = upload(books.workbook((*ROW, "绝密"), labels=(*SHARING, "密级")))
    assert (row.state, row.path, row.sample) == (State.REFUSED, "", [])
    assert row.problems[0]["kind"] == "secret"
    assert stored(settings) == []


def test_a_file_may_be_confirmed_only_once_and_only_as_it_was_seen(upload, coordinator):
    row = upload(books.workbook(ROW))
    seen = row.version
    with pytest.raises(VersionMissing):
        uploads.confirm(row, by=coordinator, version=None)
    uploads.confirm(row, by=coordinator, version=seen)
    with pytest.raises(StaleVersion):
        uploads.confirm(row, by=coordinator, version=seen)
    assert Job.objects.filter(kind="obligations.import").count() == 1


def test_a_job_that_runs_twice_applies_once(upload, coordinator):
    row = upload(books.workbook(ROW))
    uploads.confirm(row, by=coordinator, version=row.version)
    work(row)
    Job.objects.filter(pk=row.job_id).update(state="queued", finished_at=None, lease_until=None)
    work(row)
    assert (row.state, ListItem.objects.count()) == (State.APPLIED, 1)


def test_what_changed_between_preview_and_confirmation_is_shown_again(upload, coordinator, police):
    row = upload(books.workbook(ROW))
    uploads.confirm(row, by=coordinator, version=row.version)
    row.applied_list = None
    name = police.counterpart.names.get()
    name.delete()
    type(police).objects.filter(name="公安部").update(name="公共安全部")
    work(row)
    assert row.state == State.ROW_ERRORS
    assert row.problems[0]["kind"] == "unknown_department"
    assert ResponsibilityList.objects.count() == 0


def test_a_discarded_file_is_erased(upload, coordinator, settings):
    row = upload(books.workbook(ROW))
    uploads.discard(row, by=coordinator, version=row.version)
    row.refresh_from_db()
    assert (row.state, stored(settings)) == (State.DISCARDED, [])


def test_a_sheet_is_chosen_by_reading_again(upload, coordinator):
    def copy(sheet):
        sheet.parent.copy_worksheet(sheet).title = "第二批"

    row = upload(books.workbook(change=copy))
    assert row.problems[0]["kind"] == "choose_sheet"
    uploads.read_again(row, sheet="第二批", by=coordinator, version=row.version)
    work(row)
    assert row.state == State.READY


def test_a_file_that_was_altered_on_disk_is_not_read(upload, settings):
    row = upload(books.workbook(ROW), run=False)
    path = stored(settings)[0]
    path.write_bytes(path.read_bytes() + b"x")
    work(row)
    assert row.state == State.FAILED
    assert "重新上传" in row.failure


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [("../a.xlsx", b"x", "bad_filename"), ("a.xlsx", bytes(11 * 2**20), "too_large")],
)
def test_what_needs_no_parsing_is_refused_at_once(upload, settings, name, data, kind):
    with pytest.raises(RuleViolation) as refused:
        upload(data, name=name)
    assert refused.value.facts["kind"] == kind
    assert stored(settings) == []
    assert Import.objects.count() == 0


def test_only_coordinators_import(bodies, officer):
    with pytest.raises(PermissionDenied):
        uploads.receive(
            io.BytesIO(b"x"), name="a.csv", kind="sharing", target=Target(7), by=officer
        )


def test_an_import_whose_job_died_can_be_discarded(upload, coordinator):
    row = upload(books.workbook(ROW), run=False)
    with pytest.raises(RuleViolation):
        uploads.read_again(row, sheet="", by=coordinator, version=row.version)
    Job.objects.filter(pk=row.job_id).update(state="failed", finished_at="2025-08-01T00:00:00Z")
    uploads.discard(row, by=coordinator, version=row.version)
    row.refresh_from_db()
    assert row.state == State.DISCARDED


def test_an_import_is_read_again_when_its_job_died_and_not_before(upload, coordinator):
    row = upload(books.workbook(ROW), run=False)
    with pytest.raises(RuleViolation):
        uploads.read_again(row, by=coordinator, version=row.version)
    Job.objects.filter(pk=row.job_id).update(state="failed", finished_at="2025-08-01T00:00:00Z")
    again = uploads.read_again(row, by=coordinator, version=row.version)
    work(again)
    assert again.state == State.READY
