"""Files refused before or while they are read: name -> (file name, maker, kind of the refusal)."""

from tests.importing import books
from tests.importing.books import ROW, SHARING, SHEET
from tests.importing.compounds import compound

PACKAGE = "_rels/.rels"
TYPES = "[Content_Types].xml"
STRICT = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument",
)


def stream(name):
    return compound({name: bytes(4096)})


def without(column):
    return [label for label in SHARING if label != column]


CASES = {
    "more than ten megabytes": ("a.xlsx", lambda: b"PK" + bytes(10 * 2**20), "too_large"),
    "unpacks to more than it may": (
        "a.xlsx",
        lambda: books.with_parts(
            **dict.fromkeys((f"xl/media/{n}.png" for n in range(10)), books.fluffy(21 * 2**20))
        ),
        "too_large_uncompressed",
    ),
    "packed a thousand to one": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/media/image1.png": bytes(8 * 2**20)}),
        "zip_bomb",
    ),
    "members that overlap": ("a.xlsx", books.overlapping, "zip_bomb"),
    "more members than it may have": (
        "a.xlsx",
        lambda: books.with_parts(**{f"xl/media/{n}.png": b"x" for n in range(2001)}),
        "too_many_entries",
    ),
    "text named xlsx": ("a.xlsx", books.csv, "misnamed"),
    "text named xls": ("a.xls", books.csv, "misnamed"),
    "a web page named xls": ("a.xls", lambda: b"<html><table></table></html>", "misnamed"),
    "a web page named csv": ("a.csv", lambda: b"\n<!DOCTYPE html><table/>", "misnamed"),
    "XML named xls": ("a.xls", lambda: b'<?xml version="1.0"?><Workbook/>', "misnamed"),
    "a picture named xlsx": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "misnamed"),
    "a zip named xlsx": ("a.xlsx", lambda: books.packed({"a.txt": b"x"}), "misnamed"),
    "a text document named xlsx": (
        "a.xlsx",
        lambda: books.with_parts(
            **{TYPES: lambda text: text.replace(b"spreadsheetml.sheet.main", b"wordprocessingml")}
        ),
        "misnamed",
    ),
    "an open document named xlsx": (
        "a.xlsx",
        lambda: books.packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "misnamed",
    ),
    "a workbook named csv": ("a.csv", books.workbook, "misnamed"),
    "an old workbook named csv": ("a.csv", lambda: stream("Workbook"), "misnamed"),
    "bytes named csv": ("a.csv", lambda: bytes(range(256)) * 9, "misnamed"),
    "an old workbook without records": ("a.xls", lambda: stream("Workbook"), "corrupt"),
    "an old workbook named xlsx": ("a.xlsx", lambda: stream("Workbook"), "misnamed"),
    "an older workbook without records": ("a.xls", lambda: stream("Book"), "corrupt"),
    "half a compound file": ("a.xls", lambda: stream("Workbook")[:700], "corrupt"),
    "a workbook named et": ("a.et", books.workbook, "misnamed"),
    "a workbook named xls": ("a.xls", books.workbook, "misnamed"),
    "a workbook without suffix": ("list", books.workbook, "misnamed"),
    "a binary workbook": (
        "a.xlsb",
        lambda: books.with_parts(
            **{
                TYPES: lambda text: text.replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"ms-excel.sheet.binary.macroEnabled.main",
                )
            }
        ),
        "unsupported_type",
    ),
    "a portable document": ("a.pdf", lambda: b"%PDF-1.7 " + bytes(9), "unsupported_type"),
    "text named txt": ("a.txt", books.csv, "misnamed"),
    "an old text document": ("a.doc", lambda: stream("WordDocument"), "unsupported_type"),
    "an encrypted workbook": ("a.xlsx", lambda: stream("EncryptedPackage"), "encrypted"),
    "encrypted members": ("a.xlsx", books.encrypted_member, "encrypted"),
    "a macro project": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/vbaProject.bin": b"x"}),
        "macro_enabled",
    ),
    "a macro workbook by type": (
        "a.xlsx",
        lambda: books.with_parts(
            **{
                TYPES: lambda text: text.replace(
                    b"openxmlformats-officedocument.spreadsheetml.sheet.main",
                    b"ms-excel.sheet.macroEnabled.main",
                )
            }
        ),
        "macro_enabled",
    ),
    "a macro workbook by name": ("a.xlsm", books.workbook, "macro_enabled"),
    "old macro sheets": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/macrosheets/sheet1.xml": b"<x/>"}),
        "macro_enabled",
    ),
    "entities in the sheet": (
        "a.xlsx",
        lambda: books.with_parts(**{SHEET: books.doctype}),
        "xml_entity",
    ),
    "entities in UTF-16": (
        "a.xlsx",
        lambda: books.with_parts(**{SHEET: lambda text: books.doctype(text, encoding="utf-16")}),
        "xml_entity",
    ),
    "entities in a part that nobody reads": (
        "a.xlsx",
        lambda: books.with_parts(**{"docProps/app.xml": books.doctype}),
        "xml_entity",
    ),
    "half a workbook": ("a.xlsx", lambda: books.workbook()[:-900], "corrupt"),
    "a name twice": ("a.xlsx", books.twice_named, "corrupt"),
    "a directory that lies": ("a.xlsx", books.lying_about_size, "corrupt"),
    "no sheet": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/workbook.xml": b"<workbook/>"}),
        "corrupt",
    ),
    "a sheet that is no XML": (
        "a.xlsx",
        lambda: books.with_parts(**{SHEET: lambda text: text[:-50]}),
        "corrupt",
    ),
    "an open quotation mark": (
        "a.csv",
        lambda: books.csv() + '2,"公安部,居住证'.encode(),
        "corrupt",
    ),
    "another workbook as source": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "external_links",
    ),
    "a database as source": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/connections.xml": b"<x/>"}),
        "external_links",
    ),
    "a picture from the network": (
        "a.xlsx",
        lambda: books.related("image", "http://127.0.0.1/a.png", external=True),
        "external_links",
    ),
    "an embedded object": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/embeddings/oleObject1.bin": b"x"}),
        "embedded_object",
    ),
    "an embedded object by relationship": (
        "a.xlsx",
        lambda: books.related("oleObject", "../a.bin"),
        "embedded_object",
    ),
    "a member that climbs out": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl/../../a.xml": b"<x/>"}),
        "path_in_zip",
    ),
    "a member with a root": (
        "a.xlsx",
        lambda: books.with_parts(**{"/etc/a.xml": b"<x/>"}),
        "path_in_zip",
    ),
    "a member with a backslash": (
        "a.xlsx",
        lambda: books.with_parts(**{"xl\\a.xml": b"<x/>"}),
        "path_in_zip",
    ),
    "strict Open XML": (
        "a.xlsx",
        lambda: books.with_parts(**{PACKAGE: lambda text: text.replace(*STRICT)}),
        "strict_ooxml",
    ),
    "nothing": ("a.csv", bytes, "empty_file"),
    "only a byte order mark": ("a.csv", lambda: b"\xef\xbb\xbf\r\n", "empty_file"),
    "an empty sheet": ("a.xlsx", lambda: books.saved(books.openpyxl.Workbook()), "empty_file"),
    "a path for a name": ("../a.xlsx", books.workbook, "bad_filename"),
    "a name that turns around": ("a\u202excslx.xlsx", books.workbook, "bad_filename"),
    "a name with a line break": ("a\n.xlsx", books.workbook, "bad_filename"),
    "a long name": (f"{'清' * 256}.xlsx", books.workbook, "bad_filename"),
    "no name": (" ", books.workbook, "bad_filename"),
    "no header": ("a.xlsx", lambda: books.workbook(labels=("甲", "乙", "丙")), "no_header"),
    "a column too few": (
        "a.xlsx",
        lambda: books.workbook(labels=without("完成时限")),
        "missing_column",
    ),
    "a column twice": (
        "a.xlsx",
        lambda: books.workbook((*ROW, "x"), labels=(*SHARING, "目录名称")),
        "duplicate_column",
    ),
    "no rows": ("a.xlsx", lambda: books.workbook((None,)), "no_data_rows"),
    "only a sum": ("a.xlsx", lambda: books.workbook(("合计", None, 3)), "no_data_rows"),
    "more rows than it may have": (
        "a.csv",
        lambda: books.csv(*(["1", "公安部", f"资源{n}"] for n in range(20_001))),
        "too_many_rows",
    ),
    "more columns than it may have": (
        "a.csv",
        lambda: books.csv(ROW + ("x",) * 250, labels=SHARING + ("列",) * 250),
        "too_many_columns",
    ),
    "an unknown encoding": ("a.csv", lambda: books.csv() + b"\xff\xff,\x81", "encoding"),
    "broken UTF-8": ("a.csv", lambda: books.csv(encoding="utf-8")[:-8] + b"\xe5\xb9", "encoding"),
    "a secret mark in the title": (
        "a.xlsx",
        lambda: books.workbook(above=[("机密★10年",)]),
        "secret",
    ),
    "a star before a serial number": ("a.csv", lambda: books.csv(("★1", *ROW[1:])), "secret"),
    "a row that is said to be secret": (
        "a.xlsx",
        lambda: books.workbook((*ROW, "是"), labels=(*SHARING, "是否涉密")),
        "secret",
    ),
    "a secret row": (
        "a.xlsx",
        lambda: books.workbook((*ROW, "秘密"), labels=(*SHARING, "密级")),
        "secret",
    ),
}
