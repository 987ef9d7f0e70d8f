"""Whoever takes a report away leaves a mark on every page; what is said there is not touched."""

import base64
import datetime as dt
import hashlib
import io
import tracemalloc
from zipfile import ZIP_STORED, ZipFile

import pytest
import time_machine
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from accounts.models import AuditEntry
from obligations import filing
from obligations.models import ListItem, ResponsibilityList
from obligations.tables import archives
from reports import bulletin, layouts, making, parts, snapshots, watermarks, workbooks
from reports.models import Snapshot
from reports.texts import RESERVED

NOON = dt.datetime(2025, 11, 22, 4, 0, 5, tzinfo=dt.UTC)
LINE = "内部资料　草稿　水印：coordinator（省数据管理局） 2025年11月22日 12:00:05 下载"
pytestmark = pytest.mark.settled("report")


@pytest.fixture
def report(snapshot, coordinator):
    return making.record(snapshot, making.write(snapshot), by=coordinator, job=None)


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def take(client, user, report):
    client.force_login(user)
    answer = client.get(reverse("reports:download", args=[report.pk]))
    return answer, b"".join(answer.streaming_content)


def second_lines(data):
    book = load_workbook(io.BytesIO(data))
    return {
        cell.value.rpartition("\n")[2]
        for sheet in book
        for cell in sheet[layouts.META_ROW]
        # Pages side by side have each their own; what names the rows stands apart.
        if sheet.title != "校验" and cell.value and cell.value != sheet.title
    }


def test_every_sheet_says_who_took_it_and_when(client, coordinator, report, noon):
    _answer, data = take(client, coordinator, report)
    assert second_lines(data) == {LINE}


def test_the_mark_stands_on_every_printed_page(client, coordinator, report, noon):
    _answer, data = take(client, coordinator, report)
    book = load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            first, last = sheet.print_title_rows.replace("$", "").split(":")
            assert int(first) <= layouts.META_ROW <= int(last)
            assert sheet["A2"].alignment.wrap_text


def test_the_file_in_store_stays_as_it_was_made(client, coordinator, report, noon):
    take(client, coordinator, report)
    content = filing.absolute(report.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == report.sha256
    assert second_lines(content) == {RESERVED}


def test_the_audit_names_the_bytes_that_were_handed_out(client, coordinator, report, noon):
    answer, data = take(client, coordinator, report)
    digest = hashlib.sha256(data)
    entry = AuditEntry.objects.of("reports.report", report.pk).get(verb="download_report")
    assert entry.detail == {
        "name": report.name,
        "form": "workbook",
        "state": "draft",
        "as_of": "2025-11-21",
        "sha256": digest.hexdigest(),
        "stored_sha256": report.sha256,
    }
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert int(answer["Content-Length"]) == len(data)


def test_the_same_person_at_the_same_moment_gets_the_same_bytes(client, coordinator, report, noon):
    assert take(client, coordinator, report)[1] == take(client, coordinator, report)[1]


def test_nothing_but_the_marks_part_differs(client, coordinator, report, noon):
    stored = ZipFile(filing.absolute(report.path))
    taken = ZipFile(io.BytesIO(take(client, coordinator, report)[1]))
    assert taken.testzip() is None
    assert sorted(taken.namelist()) == sorted(stored.namelist())
    changed = [name for name in stored.namelist() if stored.read(name) != taken.read(name)]
    assert changed == ["xl/sharedStrings.xml"]


def test_the_gate_for_uploads_finds_nothing_wrong_with_the_package(
    client, coordinator, report, noon
):
    with archives.open_archive(io.BytesIO(take(client, coordinator, report)[1])) as archive:
        assert "xl/workbook.xml" in archive


@pytest.mark.parametrize("name", ["甲 <b>&amp;", "乙\n丙", "丁\x00\ud800", "】" * 200])
def test_any_name_makes_a_line_that_can_be_read(report, name, tmp_path):
    mark = watermarks.Mark(name, NOON, internal=False)
    made = io.BytesIO()
    with filing.absolute(report.path).open("rb") as stored:
        watermarks.fill_in(stored, made, mark=mark)
    [line] = second_lines(made.getvalue())
    assert line == mark.line
    assert "\n" not in line


def test_a_bulletin_says_it_wherever_it_has_a_place_for_it(snapshot, tmp_path):
    bulletin.write(snapshot, to=tmp_path / "made.docx")
    taken = io.BytesIO()
    mark = watermarks.Mark("李明", NOON, internal=True)
    with (tmp_path / "made.docx").open("rb") as made:
        watermarks.fill_in(made, taken, mark=mark)

    def parts_with(text, file):
        with ZipFile(file) as package:
            return {name for name in package.namelist() if text.encode() in package.read(name)}

    places = parts_with(RESERVED, tmp_path / "made.docx")
    assert places - {"word/document.xml"}
    assert parts_with(mark.line, taken) == places
    assert parts_with(RESERVED, taken) == set()


def test_a_report_of_open_lists_alone_is_not_called_internal(snapshot, coordinator):
    assert watermarks.is_internal(snapshot)
    ResponsibilityList.objects.update(security="public")
    for said in ("公开", "非密", ""):
        ListItem.objects.update(security=said)
        assert not watermarks.is_internal(snapshot)
    mark = watermarks.mark_of(snapshot, by=coordinator, at=NOON)
    assert mark.line == LINE.removeprefix("内部资料　")


def test_what_the_files_themselves_say_is_what_held_when_the_report_was_taken(
    province, coordinator, tmp_path
):
    def told(snapshot):
        workbooks.progress(snapshot, to=tmp_path / "report.xlsx")
        book = load_workbook(tmp_path / "report.xlsx")
        bulletin.write(snapshot, to=tmp_path / "report.docx")
        document = Document(str(tmp_path / "report.docx"))
        texts = [
            *(str(cell.value) for name in ("封面", "说明") for row in book[name] for cell in row),
            *(paragraph.text for paragraph in document.paragraphs),
        ]
        return sum("内部资料" in text for text in texts)

    day = dt.date(2025, 11, 21)
    closed = snapshots.take(as_of=day, today=day, by=coordinator)
    ResponsibilityList.objects.update(security="public")
    open_one = snapshots.take(as_of=day, today=day, by=coordinator)
    assert (told(closed), told(open_one)) == (3, 0)
    ResponsibilityList.objects.update(security="internal")
    assert (told(closed), told(open_one)) == (3, 0)
    assert watermarks.is_internal(open_one)


@pytest.mark.parametrize(
    ("state", "word"), [("reviewed", "尚未发布　"), ("published", ""), ("withdrawn", "已撤回　")]
)
def test_the_mark_says_what_is_not_or_no_longer_published(
    snapshot, bring, coordinator, state, word
):
    """A file goes round by itself: whoever gets it must see that nobody stands by it."""
    bring(snapshot, state)
    mark = watermarks.mark_of(snapshot, by=coordinator, at=NOON)
    assert mark.line == LINE.replace("草稿　", word)


def test_one_internal_list_or_row_makes_the_report_internal(snapshot, docking_list):
    ResponsibilityList.objects.exclude(pk=docking_list.pk).update(security="public")
    assert watermarks.is_internal(snapshot)
    ResponsibilityList.objects.update(security="public")
    ListItem.objects.filter(list=docking_list).update(security="内部")
    assert watermarks.is_internal(snapshot)


def test_a_report_without_any_list_is_internal(region, coordinator):
    empty = Snapshot(as_of=NOON.date(), taken_at=NOON, due_soon_days=5)
    empty.save()
    assert watermarks.is_internal(empty)


def test_large_parts_are_copied_without_being_unpacked_or_kept(tmp_path):
    """Their memory does not grow, and a part that could not even be unpacked passes."""
    large, target = tmp_path / "large", tmp_path / "target"
    with ZipFile(large, "w", ZIP_STORED) as archive:
        archive.writestr("small", b"before")
        with archive.open("large", "w", force_zip64=True) as member:
            for _ in range(64):
                member.write(bytes(2**20))
    data = bytearray(large.read_bytes())
    data[len(data) // 2] = 1  # its checksum is wrong now
    large.write_bytes(data)
    del data
    tracemalloc.start()
    with large.open("rb") as source, target.open("wb") as out:
        parts.rewrite(
            source, out, chosen=lambda name: name == "small", change=lambda _content: b"after"
        )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20
    with ZipFile(target) as archive:
        assert archive.read("small") == b"after"
        assert archive.testzip() == "large"
        assert archive.getinfo("large").file_size == 64 * 2**20


def test_the_place_of_the_mark_has_room_for_it(report):
    book = load_workbook(io.BytesIO(filing.absolute(report.path).read_bytes()))
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            assert sheet.row_dimensions[layouts.META_ROW].height >= 34
