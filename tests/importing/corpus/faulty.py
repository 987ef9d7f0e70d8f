"""Tables that are read and have faults: name -> (file name, maker, [(row, column, kind)])."""

from tests.importing import books, documents
from tests.importing.books import ROW, SHARING, row

TITLE, DEADLINE, BODY = "数据资源名称", "完成时限", "提供部门"


def cell(column, value, *, form="xlsx"):
    """A table whose first row has one odd cell."""
    return lambda: documents.written(form, [SHARING, row(**{column: value})])


def by_hand(column, xml):
    """The first row's cell as XML, in place of an inline text of XlsxWriter's sheet."""

    def make():
        data = documents.xlsx_by_xlsxwriter([SHARING, ROW])
        members = books.parts(data)
        sheet = members[books.SHEET].decode()
        start = sheet.index(f'<c r="{column}2"')
        end = sheet.index("</c>", start) + 4
        members[books.SHEET] = (sheet[:start] + xml + sheet[end:]).encode()
        return books.packed(members)

    return make


def from_1904():
    """A date that only the other calendar of Excel has: day -1."""
    book = books.openpyxl.Workbook()
    book.epoch = books.openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(SHARING)
    book.active.append(row(完成时限=-1))
    return books.saved(book)


CASES = {
    "a text that its table does not have": (
        "a.xlsx",
        by_hand("C", '<c r="C2" t="s"><v>99999</v></c>'),
        [(2, TITLE, "corrupt_cell")],
    ),
    "a text before the first of its table": (
        "a.xlsx",
        by_hand("C", '<c r="C2" t="s"><v>-1</v></c>'),
        [(2, TITLE, "corrupt_cell")],
    ),
    "a number that is none": (
        "a.xlsx",
        by_hand("C", '<c r="C2"><v>1e999</v></c>'),
        [(2, TITLE, "corrupt_cell")],
    ),
    "a kind of cell that nobody knows": (
        "a.xlsx",
        by_hand("C", '<c r="C2" t="zz"><v>1</v></c>'),
        [(2, TITLE, "corrupt_cell")],
    ),
    "an error": (
        "a.xlsx",
        by_hand("C", '<c r="C2" t="e"><v>#REF!</v></c>'),
        [(2, TITLE, "error_value")],
    ),
    "an error in a text file": (
        "a.csv",
        cell(TITLE, "#N/A", form="csv"),
        [(2, TITLE, "error_value")],
    ),
    "a formula that nobody calculated": (
        "a.xlsx",
        by_hand("C", '<c r="C2"><f>A1</f></c>'),
        [(2, TITLE, "formula_no_value")],
    ),
    "a day before all days": ("a.xlsx", cell(DEADLINE, -1), [(2, DEADLINE, "bad_date")]),
    "a day before all days since 1904": ("a.xlsx", from_1904, [(2, DEADLINE, "bad_date")]),
    "a day after all days": ("a.xlsx", cell(DEADLINE, 10**12), [(2, DEADLINE, "bad_date")]),
    "a day before all days, old": (
        "a.xls",
        cell(DEADLINE, -1, form="xls"),
        [(2, DEADLINE, "bad_date")],
    ),
    "writing that turns around": (
        "a.xlsx",
        cell(TITLE, "居住\u202e证"),
        [(2, TITLE, "control_char")],
    ),
    "writing that turns around in an open document": (
        "a.ods",
        cell(TITLE, "居住\u2066证", form="ods"),
        [(2, TITLE, "control_char")],
    ),
    "a bell": ("a.csv", cell(TITLE, "居住\x07证", form="csv"), [(2, TITLE, "control_char")]),
    "a line of a megabyte": (
        "a.csv",
        cell(TITLE, "证" * 350_000, form="csv"),
        [(2, TITLE, "too_long")],
    ),
    "the longest cell of a workbook": (
        "a.xlsx",
        cell(TITLE, "证" * 32_767),
        [(2, TITLE, "too_long")],
    ),
    "cells beyond the header": (
        "a.xlsx",
        lambda: books.workbook((*ROW, "多")),
        [(2, "I", "extra_cells")],
    ),
    "no department at all": (
        "a.docx",
        cell(BODY, None, form="docx"),
        [(2, BODY, "required_missing")],
    ),
    "a department that nobody knows": (
        "a.et",
        cell(BODY, "某某部", form="xls"),
        [(2, BODY, "unknown_department")],
    ),
}
