"""Whatever people write and lists hold, the report is made; what no cell can hold is listed."""

import datetime as dt
import io
import json

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from obligations import dispatch, filing
from obligations.models import ListItem
from reports import making, snapshots
from tests.importing import books
from tests.importing.books import SHARING

TODAY = dt.date(2025, 9, 1)
# What is written -> what the cell holds, where the writing was accepted.
NOTES = {
    '=HYPERLINK("http://example.com","点我")': None,
    "+1+1|cmd": None,
    "@SUM(A1)": None,
    "-2+3": None,
    "表情😀和👨‍👩‍👧": None,
    "右\u202e起\u200f标\u2066记": None,
    "响铃\x07退格\x08竖\x0b": "响铃退格竖",
    "<b>&amp;</b>]]>": None,
    "多\n行\n文字": None,
    "长" * 40_000: "长" * 32_767,
    "半个\ud83d": "半个",
    "空\x00字符": "空字符",
}


def say(filling, obligation, note):
    obligation.refresh_from_db()
    said = {"planned_on": "2025-12-01", "progress_note": note, "version": obligation.version}
    address = f"/api/v1/obligations/{obligation.pk}/plan/"
    # As a program would that escapes what is not ASCII.
    body = json.dumps(said)
    return filling.generic("POST", address, body, content_type="application/json").status_code


def cells(data):
    """Every text of every sheet, as two readers find it; neither may find a formula."""
    book = load_workbook(io.BytesIO(data))
    found = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    other = CalamineWorkbook.from_filelike(io.BytesIO(data))
    seen = {
        value
        for name in other.sheet_names
        for row in other.get_sheet_by_name(name).to_python()
        for value in row
    }
    return found, seen


def report_of(coordinator):
    written = making.write(snapshots.take(as_of=TODAY, today=TODAY, by=coordinator))
    return filing.absolute(written.file.path).read_bytes(), written.listed_cleanings


def test_what_departments_write_arrives_or_is_refused_and_cleaning_is_listed(
    filling, coordinator, officer, owe, police
):
    accepted = {}
    for note, kept in NOTES.items():
        row = owe(police)
        dispatch.issue(row, by=coordinator, on=dt.date(2025, 8, 4))
        dispatch.accept(row, by=officer, on=dt.date(2025, 8, 5))
        assert say(filling, row, note) in (200, 400), note[:20]
        row.refresh_from_db()
        if row.progress_note:
            accepted[row.progress_note] = kept if kept is not None else note
    assert len(accepted) >= 8

    data, cleanings = report_of(coordinator)
    found, seen = cells(data)
    for written, kept in accepted.items():
        held = kept if len(written) > 5 else written
        assert held in found or held.strip() in found, held[:30]
        assert "\n" in held or "_x" in held or held in seen, held[:30]
    # The two signs that no cell can hold; the one at the end was stripped on its way in.
    assert [(one["removed"], one["cut"]) for one in cleanings] == [(2, 0)]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "😀资源", "长" * 400])
def test_what_lists_hold_arrives_in_the_report(coordinator, police, ministry, text, tmp_path):
    file = tmp_path / "清单.csv"
    row = books.row(提供部门="省公安厅", 数据资源名称=text, 信息项="姓名", 完成时限="2025-12-31")
    file.write_bytes(books.csv(row, labels=SHARING))
    words = ("--kind", "sharing", "--batch", "9", "--level", "省", "--by", coordinator.username)
    call_command("import_list", str(file), *words, stdout=io.StringIO())
    assert ListItem.objects.get().title == text
    data, cleanings = report_of(coordinator)
    found, seen = cells(data)
    assert text in found
    assert text in seen
    assert cleanings == []
