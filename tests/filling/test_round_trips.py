"""Opened and saved by other programs, the workbook is still ours, and keeps every value."""

import datetime as dt
import io
import shutil
import subprocess

import pytest
import xlsxwriter
from openpyxl import load_workbook

from obligations import dispatch, rounds
from obligations.filling import columns
from tests.filling.conftest import FIRST, Filled

pytestmark = pytest.mark.django_db

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NOTE = "=1+1\n第二行　全角空格 “引号” & <尖括号> 𠮷"
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


@pytest.fixture
def resaved(tmp_path):
    """resaved(data, form): as LibreOffice saves it after opening."""

    def convert(data, form="xlsx"):
        source, out = tmp_path / "in" / "填报表.xlsx", tmp_path / "out"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(data)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        line = [SOFFICE, profile, "--headless", "--convert-to", form, "--outdir", str(out)]
        subprocess.run([*line, str(source)], check=True, capture_output=True, timeout=180)
        return (out / f"填报表.{form}").read_bytes()

    return convert


@pytest.fixture
def told(rows, officer, coordinator):
    """Rows of which the department has said something, with what is hard to keep, and the round
    of the next month about them."""
    contact = ("数据处", "李四", "０２７-00123")
    dispatch.plan(
        rows[0],
        by=officer,
        on=dt.date(2025, 8, 6),
        planned_on=dt.date(2025, 10, 8),
        progress_note=NOTE,
        contact=contact,
    )
    august, september = dt.date(2025, 8, 6), dt.date(2025, 9, 1)
    held = rounds.open_round(month=august, cut_off_on=august, by=coordinator, on=august)
    words = {"progress": NOTE, "problems": "=缺接口", "next_steps": "一\n二"}
    first = held.answers.get(obligation=rows[0])
    rounds.answer(first, kind="changed", by=officer, on=august, version=1, **words)
    rounds.open_round(month=september, cut_off_on=september, by=coordinator, on=september)
    return rows


@needs_libreoffice
def test_saved_by_libreoffice_every_value_is_kept(told, made, resaved, hand_in):
    data = made()

    again = resaved(data)

    assert values(again) == values(data)
    upload = hand_in(again)
    assert (upload.state, upload.changes, upload.notices) == ("unchanged", [], [])
    assert upload.counts["unchanged"] == 3


@needs_libreoffice
def test_filled_in_and_saved_by_libreoffice_it_is_understood(told, filled, resaved, hand_in):
    book = filled().put(row=1, 计划完成=dt.date(2025, 11, 30), 进展="一\n二", 联系电话="００1")
    book.put(row=2, 完成情况="申报完成", 佐证文号="某政发〔2025〕3号", 责任处室='="数据"&"处"')
    book.put(row=0, 月调度情况="本期无变化")
    book.put(row=1, 存在问题="一\n二", 到数回执="DS-1", 佐证期间="2025年8月")
    book.put(row=1, 本月进展="联调")

    upload = hand_in(resaved(book.save()))

    assert upload.problems == []
    assert [one["fields"] for one in upload.changes] == [
        {"said": ["", "本期无变化"]},
        {
            "planned_on": ["", "2025-11-30"],
            "progress_note": ["", "一\n二"],
            "contact_phone": ["", "001"],
            "said": ["", "有进展"],
            "progress": ["", "联调"],
            "problems": ["", "一\n二"],
            "receipt": ["", "DS-1（2025-08-01 至 2025-08-31）"],
        },
        {
            "contact_office": ["", "数据处"],
            "done": ["推进中", "申报完成"],
            "document": ["", "某政发〔2025〕3号"],
        },
    ]


@needs_libreoffice
def test_libreoffice_keeps_locks_drop_downs_and_the_hidden_sheet(told, made, resaved):
    book = load_workbook(io.BytesIO(resaved(made())))

    sheet = book[columns.SHEET]
    assert sheet.protection.sheet
    assert not sheet.cell(FIRST, 11).protection.locked
    assert sheet.cell(FIRST, 1).protection.locked
    lists = [one.formula1 for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert sorted(lists) == ['"推进中,申报完成"', '"有进展,本期无变化,本期无事项"']
    assert book[columns.KEY_SHEET].sheet_state != "visible"


@needs_libreoffice
@pytest.mark.parametrize("form", ["ods", "xls"])
def test_saved_in_another_format_it_is_refused_with_how_to_save(told, made, resaved, hand_in, form):
    upload = hand_in(resaved(made(), form), name="填报表.xlsx")

    assert (upload.state, upload.problems[0]["kind"]) == ("refused", "misnamed")


def test_saved_by_openpyxl_it_changes_nothing(told, made, hand_in):
    upload = hand_in(Filled(made()).save())

    assert (upload.changes, upload.notices, upload.problems) == ([], [], [])


def test_written_anew_with_shared_strings_it_is_understood(told, filled, hand_in):
    """As Excel and WPS save it: texts in one table, other style numbers, dates as numbers."""
    upload = hand_in(_as_excel_saves(filled().put(row=1, 计划完成=dt.date(2025, 11, 30)).book))

    assert [one["fields"] for one in upload.changes] == [{"planned_on": ["", "2025-11-30"]}]
    assert upload.notices == []


def values(data):
    """Sheet -> its cells; a date's format is the program's own affair."""
    return {
        sheet.title: {
            cell.coordinate: cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in load_workbook(io.BytesIO(data))
    }


def _as_excel_saves(book):
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as made:
        day = made.add_format({"num_format": "yyyy/m/d"})
        for sheet in book:
            written = made.add_worksheet(sheet.title)
            for row in sheet.iter_rows():
                for cell in row:
                    place = (cell.row - 1, cell.column - 1)
                    if isinstance(cell.value, dt.datetime):
                        written.write_datetime(*place, cell.value, day)
                    elif cell.value is not None:
                        written.write_string(*place, str(cell.value))
            if sheet.sheet_state != "visible":
                written.very_hidden()
    return memory.getvalue()
