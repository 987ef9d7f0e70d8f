"""A file in store that is gone, altered or unreadable, a full disk, two at once, a kill: whoever
downloads gets the whole file that was made, or a sentence."""

import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEntry
from obligations import dispatch, filing
from reports import making, snapshots
from reports.texts import RESERVED
from tests.reports.conftest import AS_OF

ROOT = Path(__file__).parents[2]
FULL = "服务器磁盘已满"


@pytest.fixture
def report(owe, police, coordinator):
    owe(police, status="issued")
    snapshot = snapshots.take(as_of=AS_OF, today=AS_OF, by=coordinator)
    return making.record(snapshot, making.write(snapshot), by=coordinator, job=None)


def addresses(report):
    page = reverse("reports:download", args=[report.pk])
    return page, reverse("api:report-download", args=[report.pk])


def refused(client, report, *, sentence):
    """From the page and from the API: the sentence, and no byte of a file."""
    for address in addresses(report):
        answer = client.get(address)
        assert answer.status_code == 409, address
        assert not answer.streaming
        assert sentence in answer.content.decode()
        assert answer.get("Content-Disposition") is None


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1000])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def into_a_folder(path):
    path.unlink()
    path.mkdir()


def onto_a_broken_disk(path):
    """Opening goes well, reading does not (EIO)."""
    path.unlink()
    path.symlink_to("/proc/self/mem")


@pytest.mark.parametrize(
    ("harm", "why", "sentence"),
    [
        (truncate, "altered", "与生成时不一致"),
        (flip, "altered", "与生成时不一致"),
        (os.unlink, "missing", "文件已不存在"),
        (into_a_folder, "unreadable", "文件无法读取"),
        (onto_a_broken_disk, "unreadable", "文件无法读取"),
    ],
)
def test_a_file_that_is_not_what_was_made_is_refused_and_that_is_on_record(
    client, report, coordinator, harm, why, sentence
):
    harm(filing.absolute(report.path))
    client.force_login(coordinator)

    refused(client, report, sentence=sentence)

    entries = AuditEntry.objects.of("reports.report", report.pk)
    assert not entries.filter(verb="download_report").exists()
    details = [entry.detail for entry in entries.filter(verb="miss_report", user_id=coordinator.pk)]
    assert [one["why"] for one in details] == [why, why]
    assert details[0]["stored_sha256"] == report.sha256 != details[0]["found_sha256"]


@pytest.mark.parametrize("sound", [0, 1], ids=["the copy", "the copy with the mark"])
def test_a_full_disk_meanwhile_gives_a_sentence_and_later_the_file(
    client, report, coordinator, monkeypatch, sound
):
    client.force_login(coordinator)
    known, asked = tempfile.SpooledTemporaryFile, []

    def on_a_full_disk(**options):
        asked.append(1)
        full = len(asked) % (sound + 1) == 0
        return open("/dev/full", "r+b", buffering=0) if full else known(**options)

    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "SpooledTemporaryFile", on_a_full_disk)
        refused(client, report, sentence=FULL)
    assert len(asked) == 2 * (sound + 1)
    assert not AuditEntry.objects.filter(verb="download_report").exists()

    data = b"".join(client.get(addresses(report)[0]).streaming_content)
    assert load_workbook(io.BytesIO(data)).sheetnames[0] == "封面"


def test_two_at_once_get_a_whole_file_each_with_the_own_mark(
    client, report, coordinator, make_user, bureau, bring
):
    other = make_user("coordinator9", coordinator.role, department=bureau)
    answers = []
    for user in (coordinator, other):
        client.force_login(user)
        answers.append(client.get(addresses(report)[0]))
    # What becomes of the stored file now is nothing to them.
    filing.erase(report.path)
    pieces = [[], []]
    streams = [iter(answer.streaming_content) for answer in answers]
    while any(found := [next(stream, b"") for stream in streams]):
        for kept, piece in zip(pieces, found, strict=True):
            kept.append(piece)
    for kept, user in zip(pieces, (coordinator, other), strict=True):
        data = b"".join(kept)
        entry = AuditEntry.objects.get(verb="download_report", user_id=user.pk)
        assert entry.detail["sha256"] == hashlib.sha256(data).hexdigest()
        said = load_workbook(io.BytesIO(data))["封面"]["A2"].value
        assert f"水印：{user.username}（" in said
        assert RESERVED not in said


KILLED = """
import sys
from django.conf import settings
settings.configure(MEDIA_ROOT=sys.argv[1])
from obligations import filing
filing.open_whole("stored", sha256="")
"""


def test_of_a_process_that_is_killed_while_it_copies_nothing_is_left(tmp_path):
    store, temporary = tmp_path / "store", tmp_path / "temporary"
    store.mkdir()
    temporary.mkdir()
    # A stored file whose end does not come.
    (store / "stored").symlink_to("/dev/stdin")
    environment = {**os.environ, "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", KILLED, store]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.PIPE) as copying:
        copying.stdin.write(b"x" * 4_000_000)  # more than is kept in memory
        copying.kill()
        assert copying.wait(timeout=30) == -signal.SIGKILL
    assert list(temporary.iterdir()) == []


def test_a_copy_lies_on_the_disk_without_a_name(tmp_path, settings, monkeypatch):
    """The negative control of the one above: it does reach the disk."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "stored").write_bytes(b"x" * 3_000_000)
    digest = hashlib.sha256(b"x" * 3_000_000).hexdigest()
    with filing.open_whole("stored", sha256=digest) as file:
        assert os.fstat(file.fileno()).st_dev == folder.stat().st_dev
        assert os.fstat(file.fileno()).st_size == 3_000_000
        assert list(folder.iterdir()) == []


def test_a_disk_that_is_full_when_evidence_is_stored_is_told_in_a_sentence(
    client, owe, police, officer, coordinator, monkeypatch, settings
):
    row = owe(police)
    dispatch.issue(row, by=coordinator, on=AS_OF)
    dispatch.accept(row, by=officer, on=AS_OF)
    client.force_login(officer)

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    file = io.BytesIO(b"%PDF-1.7\n%%EOF\n")
    file.name = "佐证.pdf"
    said = {"kind": "file", "file": file, "version": row.version}
    answer = client.post(f"/api/v1/obligations/{row.pk}/evidence/", said)

    assert answer.status_code == 409, answer.content
    assert FULL in answer.json()["detail"]
    assert not row.evidence.exists()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
