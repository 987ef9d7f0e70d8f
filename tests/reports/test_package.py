"""The workbook opens without repair, and every reader finds in it what was meant."""

import os
import subprocess
import time

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from reports import workbooks
from reports.looks import LIGHT_FILLS
from reports.words import SHORT_LIGHTS
from tests.reports.packages import SOFFICE, faults, plain, rewritten


def test_every_part_is_what_the_standard_asks_for(written):
    assert faults(written) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("sheet5.xml", b' s="', b' s="9', "is not there"),
        ("sheet12.xml", b"</is></c>", b"</is><f>1+1</f></c>", "a formula"),
        ("sheet13.xml", b'<c r="B5"', b'<c r="A5"', "out of its place"),
        ("_rels/sheet3.xml.rels", b"drawing1", b"drawing9", "is not there"),
        ("sheet5.xml", b'<mergeCell ref="A2:', b'<mergeCell ref="A1:', "overlaps"),
    ],
)
def test_the_check_finds_what_excel_would_repair(written, tmp_path, part, old, new, said):
    broken = rewritten(written, f"xl/worksheets/{part}", old, new, tmp_path / "broken.xlsx")

    assert any(said in fault for fault in faults(broken))


def test_two_readers_find_the_same_in_every_cell(written, book):
    other = CalamineWorkbook.from_path(str(written))
    assert other.sheet_names == [*book.sheetnames, "校验"]
    for sheet in book.worksheets:
        rows = other.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        for row, values in zip(sheet.iter_rows(), rows, strict=True):
            for cell, value in zip(row, values, strict=True):
                assert plain(cell.value) == plain(value), f"{sheet.title}!{cell.coordinate}"


@pytest.mark.long
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_every_cell_and_the_print_form(written, book, tmp_path):
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out"]
    subprocess.run([*command, written], check=True, capture_output=True, timeout=120)

    other = load_workbook(tmp_path / "out" / "report.xlsx")

    assert other.sheetnames == [*book.sheetnames, "校验"]
    for sheet in book.worksheets:
        kept = other[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                found = kept[cell.coordinate]
                assert plain(found.value) == plain(cell.value), f"{sheet.title}!{cell.coordinate}"
        assert set(map(str, kept.merged_cells.ranges)) == set(map(str, sheet.merged_cells.ranges))
        assert kept.print_title_rows == sheet.print_title_rows
        assert kept.page_setup.orientation == "landscape"
        assert len(kept._charts) == len(sheet._charts)


@pytest.fixture
def far_away():
    """Another time zone of the process and of the request, another language."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/Los_Angeles"
    time.tzset()
    with translation.override("en"), timezone.override("America/Los_Angeles"):
        yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def test_the_same_snapshot_gives_the_same_bytes_wherever_and_by_whomever(
    snapshot, tmp_path, request
):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    workbooks.progress(snapshot, to=one)
    request.getfixturevalue("far_away")

    workbooks.progress(type(snapshot).objects.get(pk=snapshot.pk), to=two)

    assert one.read_bytes() == two.read_bytes()


def test_a_light_is_coloured_by_its_word_so_that_an_edit_colours_anew(book):
    rules = {}
    for sheet in book.worksheets:
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                rules.setdefault((sheet.title, str(area.sqref)), {})[rule.text] = (
                    rule.dxf.fill.bgColor.rgb,
                    rule.type,
                )
    wanted = {SHORT_LIGHTS[light]: (fill, "beginsWith") for light, fill in LIGHT_FILLS.items()}
    assert all(found == wanted for found in rules.values())
    assert {title for title, _area in rules} == {
        *["说明", "总体情况", "本期变化", "逾期清单", "临期清单"],
        *["明细台账-数据共享", "明细台账-系统对接"],
    }
    ledger = book["明细台账-数据共享"]
    place = next(cell.column for cell in ledger[4] if cell.value == "亮灯")
    assert ledger.cell(5, place).fill.fill_type is None
