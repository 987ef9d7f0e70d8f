"""Hostile and unreadable documents: name -> (file name, maker, kind of the refusal)."""

from tests.importing import books, documents
from tests.importing.books import ROW, SHARING
from tests.importing.corpus.common import LINES, SECRET, kept, nested
from tests.importing.corpus.odd_documents import open_row, rows_xml, text_cell, word

MANIFEST = "META-INF/manifest.xml"
OPEN_TYPE = "application/vnd.oasis.opendocument"
FOREIGN = "oleObject", "http://127.0.0.1/a.xls", "External"


def open_package(name):
    return lambda: documents.ods(LINES, parts={name: b"<x/>"})


def manifest(*entries):
    found = "".join(
        f'<m:file-entry m:full-path="{path}" m:media-type="{kind}">{inner}</m:file-entry>'
        for path, kind, inner in entries
    )
    return f'<m:manifest xmlns:m="urn:x">{found}</m:manifest>'.encode()


def with_manifest(*entries):
    return lambda: documents.ods(LINES, parts={MANIFEST: manifest(*entries)})


def before(xml):
    return lambda: documents.ods(LINES, before=xml)


def repeated(what, count, times):
    body = rows_xml(SHARING, open_row(1, text_cell("<text:p>甲</text:p>")))
    return lambda: documents.ods(
        body=body.replace(f"<table:{what}", f'<table:{what} table:{count}="{times}"')
    )


def changed_part(make, name, old, new):
    def change():
        parts = books.parts(make())
        assert old in parts[name], parts[name][:300]
        return books.packed(parts | {name: parts[name].replace(old, new)})

    return change


def document(name):
    return lambda: documents.docx(LINES, parts={name: b"<x/>"})


def document_relations(*targets):
    path = "word/_rels/document.xml.rels"
    return lambda: documents.docx(LINES, parts={path: documents.relations(*targets)})


def page_header():
    text = f'<w:hdr xmlns:w="{documents.W}"><w:p><w:r><w:t>机密★10年</w:t></w:r></w:p></w:hdr>'
    parts = {
        "word/_rels/document.xml.rels": documents.relations(("header", "header1.xml")),
        "word/header1.xml": text.encode(),
    }
    return documents.docx(LINES, parts=parts)


def open_page_header():
    master = "<style:header><text:p>绝密</text:p></style:header>"
    xml = f"<office:document-styles {documents.SPACES}>{master}</office:document-styles>"
    return documents.ods(LINES, parts={"styles.xml": xml.encode()})


CASES = {
    # Open documents.
    "an open document with a password": (
        "a.ods",
        with_manifest(("content.xml", "text/xml", "<m:encryption-data/>")),
        "encrypted",
    ),
    "an open document as one cipher": (
        "a.ods",
        open_package("encrypted-package"),
        "encrypted",
    ),
    "an open document with macros": (
        "a.ods",
        open_package("Basic/Standard/Module1.xml"),
        "macro_enabled",
    ),
    "an open document with scripts": (
        "a.ods",
        open_package("Scripts/python/a.py"),
        "macro_enabled",
    ),
    "an object in an open document": (
        "a.ods",
        with_manifest(("Object 1/", f"{OPEN_TYPE}.text", "")),
        "embedded_object",
    ),
    "a foreign object in an open document": (
        "a.ods",
        with_manifest(("Object 1", "application/vnd.sun.star.oleobject", "")),
        "embedded_object",
    ),
    "a sheet of another open document": (
        "a.ods",
        before(
            '<table:table table:name="x"><table:table-source xlink:href="a.ods"/></table:table>'
        ),
        "external_links",
    ),
    "an exchange with another program": (
        "a.ods",
        before("<table:dde-links><table:dde-link/></table:dde-links>"),
        "external_links",
    ),
    "a picture from elsewhere": (
        "a.ods",
        before('<draw:image xlink:href="http://127.0.0.1/a.png"/>'),
        "external_links",
    ),
    "a million rows in one": (
        "a.ods",
        repeated("table-row", "number-rows-repeated", 1_048_576),
        "too_many_rows",
    ),
    "ten thousand columns in one": (
        "a.ods",
        repeated("table-cell", "number-columns-repeated", 9_999),
        "too_many_columns",
    ),
    "entities in an open document": (
        "a.ods",
        lambda: books.with_parts(documents.ods(LINES), **{"content.xml": books.doctype}),
        "xml_entity",
    ),
    "an open document without content": (
        "a.ods",
        lambda: books.packed({"mimetype": f"{OPEN_TYPE}.spreadsheet"}),
        "corrupt",
    ),
    "an open document that ends early": (
        "a.ods",
        lambda: books.with_parts(documents.ods(LINES), **{"content.xml": lambda xml: xml[:-80]}),
        "corrupt",
    ),
    "elements in elements without end": (
        "a.ods",
        lambda: documents.ods(body=nested("text:span", 5_000)),
        "corrupt",
    ),
    "an open document named xlsx": ("a.xlsx", lambda: documents.ods(LINES), "misnamed"),
    "an open text": ("a.odt", kept("list.odt"), "unsupported_type"),
    "an open text named ods": ("a.ods", kept("list.odt"), "misnamed"),
    "an open document that is a bomb": (
        "a.ods",
        lambda: documents.ods(LINES, parts={"Pictures/a.png": bytes(8 * 2**20)}),
        "zip_bomb",
    ),
    "secrets in an open document": ("a.ods", lambda: documents.ods(SECRET, hidden=[3]), "secret"),
    "secrets on every page of an open document": ("a.ods", open_page_header, "secret"),
    # Documents.
    "a document with macros": ("a.docx", document("word/vbaProject.bin"), "macro_enabled"),
    "a document by name for macros": ("a.docm", lambda: documents.docx(LINES), "macro_enabled"),
    "a document by type for macros": (
        "a.docx",
        changed_part(
            lambda: documents.docx(LINES),
            "[Content_Types].xml",
            b"openxmlformats-officedocument.wordprocessingml.document.main",
            b"ms-word.document.macroEnabled.main",
        ),
        "macro_enabled",
    ),
    "an object in a document": (
        "a.docx",
        document("word/embeddings/a.bin"),
        "embedded_object",
    ),
    "a document that loads an object": ("a.docx", document_relations(FOREIGN), "embedded_object"),
    "a document with a foreign template": (
        "a.docx",
        document_relations(("attachedTemplate", "http://127.0.0.1/a.dotm", "External")),
        "external_links",
    ),
    "a document without a table": ("a.docx", word("<w:p/>"), "empty_file"),
    "a template of documents": (
        "a.dotx",
        lambda: documents.docx(LINES, kind="template.main"),
        "unsupported_type",
    ),
    "a document named xlsx": ("a.xlsx", lambda: documents.docx(LINES), "misnamed"),
    "a workbook named docx": ("a.docx", books.workbook, "misnamed"),
    "entities in a document": (
        "a.docx",
        lambda: books.with_parts(documents.docx(LINES), **{"word/document.xml": books.doctype}),
        "xml_entity",
    ),
    "a document that ends early": (
        "a.docx",
        lambda: books.with_parts(
            documents.docx(LINES), **{"word/document.xml": lambda xml: xml[:-80]}
        ),
        "corrupt",
    ),
    "tables in tables without end": ("a.docx", word(nested("w:tbl", 5_000)), "corrupt"),
    "a document of too many rows": (
        "a.docx",
        word(
            documents.docx_table(LINES).removesuffix("</w:tbl>"),
            *(f"<w:tr>{documents.docx_cell(n * 7919 % 99_991)}</w:tr>" for n in range(20_300)),
            "</w:tbl>",
        ),
        "too_many_rows",
    ),
    "a document of too many columns": (
        "a.docx",
        lambda: documents.docx([SHARING, (*ROW, *["甲"] * 300)]),
        "too_many_columns",
    ),
    "a secret document": (
        "a.docx",
        word("<w:p><w:r><w:t>绝密★</w:t></w:r></w:p>", documents.docx_table(LINES)),
        "secret",
    ),
    "a secret on every page": ("a.docx", page_header, "secret"),
    "secrets in a document": ("a.docx", lambda: documents.docx(SECRET), "secret"),
}
