"""Hostile and unreadable workbooks: name -> (file name, maker, kind of the refusal)."""

import io
import struct
import zipfile

import xlwt

from tests.importing import books, documents
from tests.importing.books import SHEET
from tests.importing.compounds import compound, record
from tests.importing.corpus.common import LINES, SECRET, kept, nested
from tests.importing.corpus.odd_workbooks import inline

GLOBALS = record(0x0809, struct.pack("<4H", 0x0600, 5, 0, 0) + bytes(8))
SHEET_BEGIN = record(0x0809, struct.pack("<4H", 0x0600, 0x10, 0, 0) + bytes(8))
END = record(0x000A)


def stream_of(data):
    """The stream of records of an old workbook, as xlwt wrote it."""
    size = struct.unpack("<H", data[30:32])[0]
    begin = data.index(GLOBALS[:4], 1 << size)
    return data[begin:]


def with_record(extra, *, storages=(), streams=None):
    """An old workbook with one more record behind the first."""

    def make():
        stream = stream_of(documents.xls(LINES))
        first = 4 + struct.unpack_from("<H", stream, 2)[0]
        body = stream[:first] + extra + stream[first:]
        return compound({"Workbook": body, **(streams or {})}, storages=storages)

    return make


def sheet_of_kind(kind):
    bound = struct.pack("<L4B", len(GLOBALS) + 4 + 14 + 4, 0, kind, 2, 0) + b"M1"
    return lambda: compound({"Workbook": GLOBALS + record(0x0085, bound) + END + SHEET_BEGIN + END})


def lying_area():
    """A sheet that says it reaches from the first to the last cell of four thousand million."""
    data = bytearray(documents.xls(LINES))
    place = data.index(struct.pack("<2H", 0x0200, 14)) + 4
    data[place : place + 12] = struct.pack("<2L2H", 0, 0xFFFFFFFF, 0, 0xFFFF)
    return bytes(data)


def circle():
    """A compound file whose table of sectors leads back to itself."""
    data = bytearray(compound({"Workbook": bytes(9000)}))
    table = struct.unpack_from("<L", data, 76)[0] * 512 + 512
    struct.pack_into("<L", data, table, 0)
    return bytes(data)


def cut(data, share):
    return data[: int(len(data) * share)]


def from_1995():
    """Excel 95: texts in the code page of simplified Chinese, no table of strings."""
    begin = struct.pack("<4H", 0x0500, 5, 0, 0)
    sheet = begin[:2] + struct.pack("<3H", 0x10, 0, 0)
    cells = b"".join(
        record(0x0204, struct.pack("<4H", n, c, 0, len(data)) + data)
        for n, row in enumerate(LINES)
        for c, data in enumerate(str(value).encode("gbk") for value in row)
    )
    area = record(0x0200, struct.pack("<5H", 0, 2, 0, 8, 0))
    bound = record(0x0085, struct.pack("<LBBB", 0, 0, 0, 4) + "清单".encode("gbk"))
    page = record(0x0042, struct.pack("<H", 936))
    head = record(0x0809, begin) + page
    offset = len(head) + len(bound) + 4
    bound = record(0x0085, struct.pack("<LBBB", offset, 0, 0, 4) + "清单".encode("gbk"))
    stream = head + bound + record(0x000A) + record(0x0809, sheet) + area + cells + record(0x000A)
    return compound({"Book": stream})


def package_in_package():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("list.xlsx", books.workbook())
    return inner.getvalue()


def hidden_secret(sheet):
    other = sheet.parent.create_sheet("旧表")
    other.append(("绝密",))
    other.sheet_state = "veryHidden"


def printed_secret(sheet):
    sheet.oddHeader.center.text = "机密★长期"


def old_page_header():
    """An old workbook that prints a mark of secrecy above each page."""
    stream = stream_of(documents.xls(LINES))
    sheet = stream.index(SHEET_BEGIN[:8]) + 20
    text = "&C机密★长期"
    header = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
    return compound({"Workbook": stream[:sheet] + record(0x0014, header) + stream[sheet:]})


def named_secret(sheet):
    sheet.parent.create_sheet("绝密").append(("甲",))


def xls_secret_sheet():
    import_book = xlwt.Workbook(encoding="utf-8")
    for title, lines in (("清单", LINES), ("旧表", [("工作秘密",)])):
        sheet = import_book.add_sheet(title)
        for number, line in enumerate(lines):
            for column, value in enumerate(line):
                sheet.write(number, column, value)
    sheet.visibility = 2
    return books.saved(import_book)


SPREADSHEET_2003 = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
    b'xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)
CASES = {
    # Workbooks of Excel 97-2003 and other compound files.
    "an old workbook with a password": ("a.xls", with_record(record(0x2F, bytes(54))), "encrypted"),
    "a workbook with a password": (
        "a.xlsx",
        lambda: compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        "encrypted",
    ),
    "an old workbook with macros": (
        "a.xls",
        with_record(b"", storages=["_VBA_PROJECT_CUR"]),
        "macro_enabled",
    ),
    "a sheet of old macros": ("a.xls", sheet_of_kind(1), "macro_enabled"),
    "a module of macros": ("a.et", sheet_of_kind(6), "macro_enabled"),
    "an object in an old workbook": (
        "a.xls",
        with_record(b"", storages=["MBD0012AB34"]),
        "embedded_object",
    ),
    "a packed program in an old workbook": (
        "a.xls",
        with_record(b"", streams={"\x01Ole10Native": b"x"}),
        "embedded_object",
    ),
    "an old workbook that asks another": (
        "a.xls",
        with_record(record(0x01AE, struct.pack("<2H", 1, 9) + b"\0http://a")),
        "external_links",
    ),
    "an old workbook that asks a database": (
        "a.xls",
        with_record(record(0x0876, bytes(8))),
        "external_links",
    ),
    "an old workbook with an endless area": ("a.xls", lying_area, "too_large_uncompressed"),
    "a workbook of Excel 95": ("a.xls", from_1995, "unsupported_type"),
    "a workbook of Excel 4": ("a.xls", lambda: b"\x09\x04\x06\x00" + bytes(99), "misnamed"),
    "records of Excel 3 in a container": (
        "a.xls",
        lambda: compound({"Book": record(0x0209, bytes(6))}),
        "unsupported_type",
    ),
    "sectors in a circle": ("a.xls", circle, "corrupt"),
    "half an old workbook": ("a.xls", lambda: cut(documents.xls(LINES), 0.5), "corrupt"),
    "an old workbook without sheets": (
        "a.xls",
        lambda: compound({"Workbook": GLOBALS + END}),
        "corrupt",
    ),
    "a sheet that begins nowhere": (
        "a.xls",
        lambda: compound(
            {"Workbook": GLOBALS + record(0x85, struct.pack("<L4B", 1 << 30, 0, 0, 2, 0) + b"M1")}
        ),
        "corrupt",
    ),
    "an old workbook named xlsx": ("a.xlsx", lambda: documents.xls(LINES), "misnamed"),
    "an old workbook named ods": ("a.ods", lambda: documents.xls(LINES), "misnamed"),
    "an old text document": ("a.doc", kept("list.doc"), "unsupported_type"),
    "an old text document named docx": ("a.docx", kept("list.doc"), "misnamed"),
    "a text document of WPS": ("a.wps", kept("list.doc"), "unsupported_type"),
    "old slides": ("a.ppt", lambda: compound({"PowerPoint Document": b"x"}), "unsupported_type"),
    "a container of something": ("a.xls", lambda: compound({"x": b"x"}), "misnamed"),
    "secrets in a hidden sheet of an old workbook": ("a.xls", xls_secret_sheet, "secret"),
    "secrets in an old workbook": ("a.et", lambda: documents.xls(SECRET, hidden=[3]), "secret"),
    "secrets on every page of an old workbook": (
        "a.xls",
        old_page_header,
        "secret",
    ),
    # Workbooks.
    "secrets in a sheet that programs hide": (
        "a.xlsx",
        lambda: books.workbook(change=hidden_secret),
        "secret",
    ),
    "secrets on every printed page": (
        "a.xlsx",
        lambda: books.workbook(change=printed_secret),
        "secret",
    ),
    "a sheet by the name of a secret": (
        "a.xlsx",
        lambda: books.workbook(change=named_secret),
        "secret",
    ),
    "a workbook inside a zip": ("a.zip", package_in_package, "unsupported_type"),
    "a workbook inside a zip, named xlsx": ("a.xlsx", package_in_package, "misnamed"),
    "cells in cells without end": (
        "a.xlsx",
        lambda: books.sheet_xml(b"</sheetData>", nested("row", 5_000).encode() + b"</sheetData>"),
        "corrupt",
    ),
    "a text of twelve megabytes": (
        "a.xlsx",
        lambda: books.with_parts(
            **{SHEET: inline([*LINES, ("".join(map(str, range(1_900_000))),)])}
        ),
        "corrupt",
    ),
    "more merged cells than it may have": (
        "a.xlsx",
        lambda: books.sheet_xml(
            b"</sheetData>",
            b"</sheetData><mergeCells>"
            + b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(3, 60_010))
            + b"</mergeCells>",
        ),
        "corrupt",
    ),
    # Other files.
    "a table of Excel 2003 as XML": ("a.xls", lambda: SPREADSHEET_2003, "misnamed"),
    "a page that Excel saved whole": (
        "a.xls",
        lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n",
        "misnamed",
    ),
    "a page after a remark": ("a.et", lambda: b"<!-- a --><html></html>", "misnamed"),
    "rich text named doc": ("a.doc", lambda: b"{\\rtf1 a}", "unsupported_type"),
    "a portable document named docx": ("a.docx", lambda: b"%PDF-1.7", "misnamed"),
    "a text of nothing but NUL": ("a.csv", lambda: bytes(999), "empty_file"),
}
