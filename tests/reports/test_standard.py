"""Every workbook and document that leaves the program is what ECMA-376 asks for."""

import re
import subprocess
from itertools import zip_longest
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tests import office
from tests.reports import outgoing, packages
from tests.reports.packages import SOFFICE, plain, rewritten

ROOT = Path(__file__).parents[2]
APPS = ("accounts", "jobs", "obligations", "sharing_lists", "docking", "reports", "samples")
# Each of them has its file in tests/reports/outgoing.py, or is read from the folder of samples.
WRITERS = {
    "obligations/exporting.py",
    "obligations/filling/sheets.py",
    "obligations/official_book.py",
    "obligations/tables/marking.py",
    "obligations/tables/rebuilding.py",
    "reports/books.py",
    "reports/bulletin_paper.py",
    "samples/make.py",
}


def wrong_with(path):
    own = packages.faults if path.suffix == ".xlsx" else office.loose_ends
    return office.violations(path) or own(path)


@pytest.fixture(scope="module")
def once():
    """The files are made once, by the first test; every test only reads them."""
    return {}


@pytest.fixture
def outgoing_files(once, request, tmp_path_factory):
    if not once:
        snapshot, department, *people = map(
            request.getfixturevalue, ("snapshot", "police", "coordinator", "second", "officer")
        )
        named = dict(zip(("coordinator", "second", "officer"), people, strict=True))
        folder = tmp_path_factory.mktemp("outgoing")
        once.update(outgoing.files(folder, snapshot=snapshot, department=department, **named))
    return once


def test_every_file_that_leaves_is_what_the_standard_asks_for(outgoing_files):
    found = {name: wrong_with(path) for name, path in outgoing_files.items()}
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert len(found) >= 16


def test_every_workbook_that_leaves_says_whose_it_is_and_what(outgoing_files):
    told = {}
    for name, path in workbooks_of(outgoing_files).items():
        properties = load_workbook(path).properties
        told[name] = (properties.creator, properties.title)
    # A list in a workbook of somebody's own says what it said.
    assert told.pop("marked-xlsx.xlsx") == ("openpyxl", None)
    assert {creator for creator, _title in told.values()} == {"清单", "省数据管理局", "省公安厅"}
    assert told["report.xlsx"] == told["taken-report.xlsx"] == told["upward.xlsx"]
    assert told["report.xlsx"] == ("省数据管理局", "【示例】全省数据共享责任清单落实情况")
    assert told["part.xlsx"][0] == "省数据管理局"
    assert told["filling.xlsx"] == ("省公安厅", "省公安厅责任清单填报表")
    assert told["export.xlsx"] == ("清单", "责任事项")
    untitled = {name for name, (_creator, title) in told.items() if not title}
    assert untitled == {"marked-csv.xlsx", "marked-xls.xlsx"}


def test_two_readers_find_the_same_in_every_cell_that_leaves(outgoing_files):
    for name, path in workbooks_of(outgoing_files).items():
        book, other = load_workbook(path), CalamineWorkbook.from_path(str(path))
        assert other.sheet_names == book.sheetnames
        for sheet in book.worksheets:
            rows = other.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
            for row, values in zip_longest(sheet.iter_rows(), rows, fillvalue=()):
                found = [plain(cell.value) for cell in row]
                assert found == [plain(value) for value in values], f"{name} {sheet.title} {found}"
                assert not [cell.coordinate for cell in row if cell.data_type == "f"], name


@pytest.mark.long
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_keeps_every_cell_that_leaves(outgoing_files, tmp_path):
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out"]
    files = workbooks_of(outgoing_files)
    subprocess.run([*command, *files.values()], check=True, capture_output=True, timeout=180)
    for name, path in files.items():
        book, kept = load_workbook(path), load_workbook(tmp_path / "out" / name)
        assert kept.sheetnames == book.sheetnames
        for sheet in book.worksheets:
            for cell in [cell for row in sheet.iter_rows() for cell in row]:
                found = kept[sheet.title][cell.coordinate]
                place = f"{name} {sheet.title} {cell.coordinate}"
                assert (plain(found.value), found.data_type == "f") == (plain(cell.value), False), (
                    place
                )


def workbooks_of(files):
    return {name: path for name, path in files.items() if path.suffix == ".xlsx"}


def test_the_lists_of_the_demonstration_are_what_the_standard_asks_for():
    found = {path.name: wrong_with(path) for path in (ROOT / "samples").glob("*.xlsx")}
    assert found == {"sharing-list.xlsx": [], "docking-list.xlsx": []}


def test_no_other_place_writes_workbooks_or_documents():
    imported = re.compile(r"^from (openpyxl|docx) import|^import (openpyxl|docx|xlsxwriter)", re.M)
    begun = re.compile(r"\b(Workbook|load_workbook|Document|xlsxwriter\.\w+)\(")
    found = set()
    for path in [path for app in APPS for path in (ROOT / app).rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if imported.search(text) and begun.search(text):
            found.add(str(path.relative_to(ROOT)))
    assert found == WRITERS


SHEET, STYLES, CHART = "xl/worksheets/sheet3.xml", "xl/styles.xml", "xl/charts/chart1.xml"
DRAWING, TEXTS, TYPES = "xl/drawings/drawing1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
CORE, BODY, LOOKS = "docProps/core.xml", "word/document.xml", "word/styles.xml"
BROKEN_WORKBOOKS = [
    (SHEET, b"<sheetViews>", b"<rowBreaks/><sheetViews>", "'sheetViews'"),
    (SHEET, b"<sheetViews>", b"<nonsense/><sheetViews>", "no schema has"),
    (SHEET, b' orientation="landscape"', b' orientation="sideways"', "'orientation'"),
    (SHEET, b' orientation="landscape"', b' orientierung="quer"', "no attribute orientierung"),
    (SHEET, b' s="', b' s="x', "'s'"),
    (SHEET, b' s="', b' s="9', "is not there"),
    (SHEET, b' r:id="', b' r:id="x', "'xrId1'"),
    (SHEET, b"<row ", b'<row lang="zh" ', "no attribute lang"),
    ("xl/workbook.xml", b"<sheets>", b"<calcPr/><sheets>", "'sheets'"),
    ("xl/workbook.xml", b'name="', b'name="[', "no name of a sheet"),
    ("xl/workbook.xml", b' sheetId="2"', b' sheetId="1"', "sheetId"),
    (STYLES, b"<fills", b"<borders/><fills", "'fills'"),
    (STYLES, b'patternType="solid"', b'patternType="tartan"', "'patternType'"),
    (STYLES, b'fontId="1"', b'fontId="999"', "fontId 999 is not there"),
    (STYLES, b"<font><name ", b'<font><bold val="1"/><name ', "bold"),
    (CHART, b"<barDir ", b"<title/><barDir ", "'barDir'"),
    (CHART, b'<barDir val="col"', b'<barDir val="up"', "'val'"),
    (DRAWING, b"<from>", b"<to/><from>", "'from'"),
    (TEXTS, b"<si>", b"<si/><nonsense/><si>", "nonsense"),
    ("xl/theme/theme1.xml", b"<a:fontScheme", b"<a:fmtScheme/><a:fontScheme", "fontScheme"),
    ("docProps/app.xml", b"</Properties>", b"<Pages>many</Pages></Properties>", "Pages"),
    (CORE, b'W3CDTF">2', b'W3CDTF">two2', "created"),
    (CORE, b"</cp:", b"<cp:made/></cp:", "made"),
    (TYPES, b"</Types>", b"<Type/></Types>", "Type"),
    (TYPES, b' Extension="rels"', b' Ext="rels"', "Default"),
    (TYPES, b' PartName="/xl/styles.xml"', b' PartName="/xl/style.xml"', "styles.xml"),
    ("xl/_rels/workbook.xml.rels", b' Id="rId1"', b' Id="1 2"', "Id"),
    ("xl/_rels/workbook.xml.rels", b' Id="rId2"', b' Id="rId1"', "ID"),
]
BROKEN_DOCUMENTS = [
    (BODY, b"<w:tblPr>", b'<w:tblPr><w:tblLook w:val="04A0"/>', "'tblW'"),
    (BODY, b'<w:jc w:val="', b'<w:jc w:val="very', "'val'"),
    (BODY, b"<w:sectPr", b"<w:nonsense/><w:sectPr", "nonsense"),
    (BODY, b'<w:pStyle w:val="', b'<w:pStyle w:val="No', "No"),
    (BODY, b"<w:sectPr", b'<w:sectPr w:landscape="1"', "no attribute"),
    (LOOKS, b"<w:basedOn ", b"<w:qFormat/><w:basedOn ", "'basedOn'"),
    ("word/settings.xml", b"<w:zoom", b"<w:nonsense/><w:zoom", "nonsense"),
    ("word/_rels/document.xml.rels", b'Target="styles.xml"', b'Target="s.xml"', "s.xml"),
    (CORE, b'W3CDTF">2', b'W3CDTF">two2', "created"),
]


@pytest.mark.parametrize(("part", "old", "new", "said"), BROKEN_WORKBOOKS)
def test_a_part_of_a_workbook_that_breaks_the_standard_is_found(
    outgoing_files, tmp_path, part, old, new, said
):
    broken = rewritten(outgoing_files["report.xlsx"], part, old, new, tmp_path / "broken.xlsx")
    found = wrong_with(broken)
    assert any(said in one for one in found), found


@pytest.mark.parametrize(("part", "old", "new", "said"), BROKEN_DOCUMENTS)
def test_a_part_of_a_document_that_breaks_the_standard_is_found(
    outgoing_files, tmp_path, part, old, new, said
):
    broken = rewritten(outgoing_files["bulletin.docx"], part, old, new, tmp_path / "broken.docx")
    found = wrong_with(broken)
    assert any(said in one for one in found), found


# Of a program that nobody knows.
OWN = b'xmlns:own="urn:example:own"'
EXTENSION = b"<extLst><ext uri='{0}'><own:rows %s/></ext></extLst></worksheet>" % OWN
COMPATIBILITY = b'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
CHOICE = b"<mc:AlternateContent %s %s><mc:Choice Requires='own'><own:cols/></mc:Choice>"
CHOICE = (CHOICE % (COMPATIBILITY, OWN)) + b"<mc:Fallback>%s</mc:Fallback></mc:AlternateContent>"
PRINT = b'<printOptions horizontalCentered="1"/>'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"</worksheet>", EXTENSION, ""),
        (PRINT, CHOICE % PRINT, ""),
        (PRINT, CHOICE % b"<printOptions horizontalCentered='maybe'/>", "'horizontalCentered'"),
        (PRINT, CHOICE % (b"<own:rows %s/>" % OWN), "no schema has"),
        (b"<sheetViews>", b"<mc:x %s/><sheetViews>" % COMPATIBILITY, "'x'"),
        (b"<sheetViews>", b"<own:rows %s/><sheetViews>" % OWN, "no schema has"),
    ],
)
def test_extensions_hold_what_they_like_and_alternatives_are_read(
    outgoing_files, tmp_path, old, new, said
):
    changed = rewritten(outgoing_files["report.xlsx"], SHEET, old, new, tmp_path / "changed.xlsx")
    found = wrong_with(changed)
    assert any(said in one for one in found) if said else found == []
