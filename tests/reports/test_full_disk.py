"""A disk without room: no part of a file is left, the job says why, and later it is made."""

import contextlib
import datetime as dt
import hashlib
import resource

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.errors import RuleViolation
from accounts.models import AuditEntry
from jobs import running
from obligations import filing
from reports import downloads, making
from reports.models import Report, Snapshot
from reports.scopes import Scope

AS_OF = dt.date(2025, 11, 21)


@contextlib.contextmanager
def room_for(size):
    """No file of this process can grow beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(dt.datetime(2025, 11, 21, 2, 0, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def job(owe, police, coordinator):
    owe(police, status="issued")
    return making.ask(on=AS_OF, today=AS_OF, by=coordinator, scope=Scope())


def files():
    folder = filing.absolute(making.FOLDER)
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def attempt(job):
    assert running.perform(job.pk)
    job.refresh_from_db()
    return job.state


def test_a_full_disk_leaves_nothing_and_the_job_says_why(job):
    with room_for(8_000):
        assert attempt(job) == "queued"
    assert "磁盘已满" in job.error
    assert files() == []
    assert not Report.objects.exists()


def test_when_there_is_room_again_the_same_job_makes_one_report(job):
    with room_for(8_000):
        attempt(job)
    assert attempt(job) == "done"
    report = Report.objects.get(job=job)
    content = filing.absolute(report.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    assert [f"{making.FOLDER}/{name}" for name in files()] == [report.path]
    assert Snapshot.objects.count() == 1


def test_it_is_the_lack_of_room_that_stops_it(job):
    """The negative control: a little more than the file needs."""
    with room_for(10_000_000):
        assert attempt(job) == "done"


def test_the_command_says_so_in_a_sentence(job, tmp_path):
    with room_for(8_000), pytest.raises(CommandError, match="磁盘已满"):
        call_command("make_report", "--on", "2025-11-21", "--output", str(tmp_path / "out.xlsx"))
    assert not Report.objects.exists()


def test_a_download_without_room_hands_out_and_audits_nothing(job, coordinator, monkeypatch):
    attempt(job)
    monkeypatch.setattr(downloads, "_IN_MEMORY", 1)
    with room_for(8_000), pytest.raises(RuleViolation, match="磁盘已满"):
        downloads.open_report(Report.objects.get(), by=coordinator)
    assert not AuditEntry.objects.filter(verb="download_report").exists()


def test_any_other_fault_of_the_disk_is_not_called_a_full_one(job):
    folder = filing.absolute(making.FOLDER)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    attempt(job)
    assert "磁盘已满" not in job.error
    assert job.error
