"""The folder of logs is looked into every ten minutes, and silently where it is empty."""

import datetime as dt
import os
import time
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as installed

from jobs import schedule
from jobs.models import Job
from sharing_lists import inbox

pytestmark = pytest.mark.django_db

LINE = "inbox of logs"
NOON = dt.datetime(2026, 11, 23, 12, 4, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def folder(settings, tmp_path):
    settings.DELIVERY_INBOX = tmp_path / "inbox"
    settings.JOB_SCHEDULE = {LINE: installed.JOB_SCHEDULE[LINE]}
    return settings.DELIVERY_INBOX


def tick(minutes=0):
    now = NOON + dt.timedelta(minutes=minutes)
    return schedule.tick(now=now, since=NOON - dt.timedelta(days=3))


def leave(folder, *, seconds_ago=60):
    path = folder / "日志.csv"
    path.write_bytes(b"x")
    at = time.time() - seconds_ago
    os.utime(path, (at, at))


def test_a_folder_that_is_missing_empty_or_being_written_to_makes_no_job(folder):
    assert tick() == []
    folder.mkdir()
    assert tick() == []
    (folder / "done").mkdir()
    leave(folder, seconds_ago=0)
    assert tick() == []
    assert not Job.objects.exists()


def test_a_file_is_seen_within_ten_minutes_and_what_was_missed_is_not_caught_up(folder):
    folder.mkdir()
    leave(folder)

    assert [job.period for job in tick()] == ["2026-11-23T12:00"]
    assert tick(1) == []
    Job.objects.update(state="done", finished_at=NOON)
    assert [job.period for job in tick(10)] == ["2026-11-23T12:10"]


def test_a_folder_that_cannot_be_read_is_for_the_job_to_tell(folder, monkeypatch):
    folder.mkdir()

    def refuse(path):
        raise PermissionError(path)

    monkeypatch.setattr(type(folder), "iterdir", refuse)

    assert inbox.has_waiting()


def test_the_page_of_jobs_does_not_list_every_look(folder):
    Job.objects.create(kind="sharing_lists.take_from_inbox", state="done", finished_at=NOON)
    failed = Job.objects.create(
        kind="sharing_lists.take_from_inbox", state="failed", finished_at=NOON
    )

    assert list(Job.objects.worth_a_look()) == [failed]
