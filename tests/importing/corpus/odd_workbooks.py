"""Odd workbooks that are read: name -> (file name, maker, {row number: title})."""

import xlwt

from tests.importing import books, documents
from tests.importing.books import ROW, SHARING, SHEET
from tests.importing.corpus.common import LINES, OF_OFFICE, ONE, TITLE, TWO, kept

STRINGS = "xl/sharedStrings.xml"
READING = (
    "<t>居住证信息</t>".encode(),
    "<r><t>居住证</t></r><r><t>信息</t></r><rPh sb='0' eb='1'><t>ju</t></rPh>".encode(),
)
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def inline(cells):
    """A sheet by hand, texts in its cells."""
    rows = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in cells
    )
    return f'<worksheet xmlns="{MAIN.decode()}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def in_sheet(old, new, data=None):
    return lambda: books.sheet_xml(old, new, data)


def prefixed(xml):
    text = xml.replace(b'xmlns="' + MAIN, b'xmlns:x="' + MAIN)
    for name in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"is", b"t"):
        for before, after in ((b"<", b"<x:"), (b"</", b"</x:")):
            for end in (b" ", b">", b"/"):
                text = text.replace(before + name + end, after + name + end)
    return text


def in_utf_16(xml):
    return xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def two_sheets(state):
    def change(sheet):
        other = sheet.parent.create_sheet("说明", 0)
        other.append(("请如实填写",))
        other.sheet_state = state

    return lambda: books.workbook(change=change)


def chart():
    def change(sheet):
        drawn = books.openpyxl.chart.BarChart()
        drawn.add_data(books.openpyxl.chart.Reference(sheet, min_col=1, min_row=1, max_row=2))
        sheet.add_chart(drawn, "K2")
        sheet["C2"].hyperlink = "https://example.invalid/"
        sheet["C2"].comment = books.openpyxl.comments.Comment("甲", "乙")

    return books.workbook(change=change)


def old(rows=LINES, **options):
    return lambda: documents.xls(rows, **options)


def long_texts():
    """So many texts that their table runs over several records, and breaks inside a text."""
    rows = [(n, "公安部", f"资源{n}", f"项{n}" * 900, *ROW[4:]) for n in range(1, 13)]
    return documents.xls([SHARING, *rows])


def far_format():
    def change(sheet, _style):
        sheet.write(60_000, 30, None, xlwt.easyxf("pattern: pattern solid"))

    return documents.xls(LINES, change=change)


def _parts():
    return books.parts(books.workbook())


CASES = {
    # Workbooks, by hand.
    "texts in the cells, without references": (
        "a.xlsx",
        lambda: books.with_parts(**{SHEET: inline(LINES)}),
        ONE,
    ),
    "a prefix before every element": ("a.xlsx", lambda: books.with_parts(**{SHEET: prefixed}), ONE),
    "a sheet in UTF-16": ("a.xlsx", lambda: books.with_parts(**{SHEET: in_utf_16}), ONE),
    "remarks and instructions in the XML": (
        "a.xlsx",
        in_sheet(b"<sheetData>", b"<?x y?><!-- a --><sheetData><!-- b -->"),
        ONE,
    ),
    "a remark inside a cell": (
        "a.xlsx",
        in_sheet(b"<is><t>&#23621;", b"<!-- a --><is><!-- b --><t>&#23621;<!-- c -->"),
        ONE,
    ),
    "a size that is not true": ("a.xlsx", in_sheet(b'ref="A1:H2"', b'ref="A1:B1"'), ONE),
    "cells of a million empty rows": ("a.xlsx", books.far_cell, ONE),
    "a merged range over the whole sheet": (
        "a.xlsx",
        in_sheet(
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>',
        ),
        ONE,
    ),
    "a reference that is nonsense": ("a.xlsx", in_sheet(b'r="H2"', b'r="?"'), ONE),
    "parts in other letters": (
        "a.xlsx",
        lambda: books.packed(
            {name.replace("sheet1", "SHEET1"): part for name, part in _parts().items()}
        ),
        ONE,
    ),
    "nothing packed": ("a.xlsx", lambda: books.packed(_parts(), compression=0), ONE),
    "folders as members": ("a.xlsx", lambda: books.packed({"xl/": b"", **_parts()}), ONE),
    "a name in capital letters": ("清单.XLSX", books.workbook, ONE),
    "a chart, a link and a remark": ("a.xlsx", chart, ONE),
    "a sheet of notes before it": ("a.xlsx", two_sheets("visible"), ONE),
    "a hidden sheet before it": ("a.xlsx", two_sheets("hidden"), ONE),
    "a sheet hidden by a program": ("a.xlsx", two_sheets("veryHidden"), ONE),
    "escaped line ends": (
        "a.xlsx",
        lambda: books.workbook(books.row(数据资源名称="甲_x000D_\n乙")),
        {2: "甲\r\n乙"},
    ),
    "half a pair of surrogates": (
        "a.xlsx",
        lambda: books.workbook(books.row(数据资源名称="甲_xD800_")),
        {2: "甲_xD800_"},
    ),
    "written by XlsxWriter": (
        "a.xlsx",
        lambda: documents.xlsx_by_xlsxwriter(TWO),
        {2: TITLE, 3: "户籍信息"},
    ),
    "a text in pieces, with its reading": (
        "a.xlsx",
        lambda: books.with_parts(
            documents.xlsx_by_xlsxwriter(LINES), **{STRINGS: lambda xml: xml.replace(*READING)}
        ),
        ONE,
    ),
    "written by XlsxWriter, row by row": (
        "a.xlsx",
        lambda: documents.xlsx_by_xlsxwriter(LINES, constant_memory=True),
        ONE,
    ),
    "written by LibreOffice": ("a.xlsx", kept("list.xlsx"), OF_OFFICE),
    # Workbooks of Excel 97-2003.
    "an old workbook": ("a.xls", old(), ONE),
    "a table of WPS": ("a.et", old(), ONE),
    "an old workbook in capital letters": ("A.XLS", old(), ONE),
    "an old workbook of LibreOffice": (
        "a.xls",
        kept("list.xls"),
        OF_OFFICE,
    ),
    "an old workbook from 1904": ("a.xls", old(date1904=True), ONE),
    "an old workbook with merged cells": (
        "a.xls",
        old([SHARING, ROW, (2, "公安部", None, *ROW[3:])], merged=[(2, 3, 3, 3)]),
        {2: TITLE, 3: TITLE},
    ),
    "an old workbook with hidden rows": ("a.xls", old(TWO, hidden=[3]), {2: TITLE, 3: "户籍信息"}),
    "texts over several records": ("a.xls", long_texts, {n + 1: f"资源{n}" for n in range(1, 13)}),
    "an old workbook, formatted far below": ("a.xls", far_format, ONE),
}
