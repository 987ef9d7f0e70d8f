"""Odd documents and text files that are read: name -> (file name, maker, {row: title})."""

from tests.importing import books, documents
from tests.importing.books import ROW, SHARING
from tests.importing.corpus.common import LINES, OF_OFFICE, ONE, TITLE, TWO, kept


def rows_xml(*rows):
    """Rows of an open document by hand; strings stand for whole rows."""
    made = [
        row
        if isinstance(row, str)
        else "<table:table-row>" + "".join(map(documents.ods_cell, row)) + "</table:table-row>"
        for row in rows
    ]
    return f'<table:table table:name="清单">{"".join(made)}</table:table>'


def blank_rows(count):
    return (
        f'<table:table-row table:number-rows-repeated="{count}"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )


def open_row(number, title):
    """A row whose third cell is given as XML."""
    cells = [documents.ods_cell(cell) for cell in ROW]
    cells[0], cells[2] = documents.ods_cell(number), title
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def text_cell(inner):
    return f'<table:table-cell office:value-type="string">{inner}</table:table-cell>'


def opened(*rows, **options):
    return lambda: documents.ods(body=rows_xml(SHARING, *rows), **options)


HIDDEN_STYLE = (
    '<style:style style:name="ta2" style:family="table"><style:table-properties '
    'table:display="false"/></style:style>'
)


def hidden_open_sheet():
    other = rows_xml(SHARING, ROW).replace('"清单"', '"旧表" table:style-name="ta2"')
    return documents.ods(body=other + rows_xml(SHARING, ROW), styles=HIDDEN_STYLE)


def word(*blocks):
    return lambda: documents.docx(body="".join(blocks))


def changed(old_text, new_text):
    """A document's table with its XML changed by hand."""
    table = documents.docx_table(LINES)
    assert old_text in table
    return word(table.replace(old_text, new_text))


RUN = documents.docx_run(TITLE)
SECOND = [(2, "公安部", "户籍信息", *ROW[3:])]
PAGE = "<w:p><w:r><w:t>续表</w:t></w:r></w:p>"
ROW_XML = documents.docx_table([ROW]).partition("</w:tblGrid>")[2].removesuffix("</w:tbl>")

CASES = {
    # Open documents.
    "an open document": ("a.ods", lambda: documents.ods(LINES), ONE),
    "an open document of LibreOffice": (
        "a.ods",
        kept("list.ods"),
        OF_OFFICE,
    ),
    "a million blank rows": ("a.ods", opened(blank_rows(1_000_000), ROW), {1_000_002: TITLE}),
    "blank rows below": ("a.ods", opened(ROW, blank_rows(1_048_574)), ONE),
    "a row that is repeated": (
        "a.ods",
        opened(
            open_row(1, text_cell(f"<text:p>{TITLE}</text:p>")).replace(
                "<table:table-row", '<table:table-row table:number-rows-repeated="2"', 1
            )
        ),
        {2: TITLE, 3: TITLE},
    ),
    "spaces and breaks as elements": (
        "a.ods",
        opened(
            open_row(1, text_cell("<text:p>甲<text:s text:c='2'/>乙<text:line-break/>丙</text:p>"))
        ),
        {2: "甲  乙\n丙"},
    ),
    "a text in pieces": (
        "a.ods",
        opened(
            open_row(
                1,
                text_cell(
                    "<text:p>居<text:span>住<text:span>证</text:span></text:span>信息</text:p>"
                ),
            )
        ),
        ONE,
    ),
    "a remark in a cell": (
        "a.ods",
        opened(
            open_row(
                1,
                text_cell(
                    f"<office:annotation><text:p>别人的话</text:p></office:annotation><text:p>{TITLE}</text:p>"
                ),
            )
        ),
        ONE,
    ),
    "several paragraphs": (
        "a.ods",
        opened(open_row(1, text_cell("<text:p>甲</text:p><text:p>乙</text:p>"))),
        {2: "甲\n乙"},
    ),
    "a link in a cell": (
        "a.ods",
        opened(
            open_row(
                1,
                text_cell(
                    f'<text:p><text:a xlink:href="https://example.invalid/">{TITLE}</text:a></text:p>'
                ),
            )
        ),
        ONE,
    ),
    "rows in groups": (
        "a.ods",
        lambda: documents.ods(
            body=rows_xml(SHARING, ROW)
            .replace("<table:table-row>", "<table:table-row-group><table:table-row>")
            .replace("</table:table-row>", "</table:table-row></table:table-row-group>")
        ),
        ONE,
    ),
    "a hidden sheet with the same table": ("a.ods", hidden_open_sheet, ONE),
    "covered cells that hold something": (
        "a.ods",
        opened(
            open_row(
                1,
                '<table:table-cell table:number-rows-spanned="2" office:value-type="string">'
                f"<text:p>{TITLE}</text:p></table:table-cell>",
            ),
            open_row(
                2,
                "<table:covered-table-cell office:value-type='string'><text:p>旧</text:p>"
                "</table:covered-table-cell>",
            ),
        ),
        {2: TITLE, 3: TITLE},
    ),
    # Text files.
    "line ends of an old Macintosh": ("a.csv", lambda: books.csv().replace(b"\r\n", b"\r"), ONE),
    "a last line without end": ("a.csv", lambda: books.csv()[:-2], ONE),
    "characters beyond the first plane": (
        "a.csv",
        lambda: books.csv(books.row(数据资源名称="𠮷𠀋"), encoding="gb18030"),
        {2: "𠮷𠀋"},
    ),
    "many delimiters at the end": ("a.csv", lambda: books.csv((*ROW, *[""] * 300)), ONE),
    "the hint of Excel before the header": (
        "a.csv",
        lambda: b"sep=;\r\n" + books.csv(encoding="utf-8", delimiter=";"),
        {3: TITLE},
    ),
    "quotation marks inside quotation marks": (
        "a.csv",
        lambda: books.csv(books.row(数据资源名称='"居""住""证"', 信息项="姓名")),
        {2: '居"住"证'},
    ),
    # Documents.
    "a document": ("a.docx", lambda: documents.docx(LINES), ONE),
    "a document of LibreOffice": ("a.docx", kept("list.docx"), {2: TITLE, 3: TITLE}),
    "text around the table": ("a.docx", word(PAGE, documents.docx_table(LINES), PAGE), ONE),
    "cells merged downwards": (
        "a.docx",
        lambda: documents.docx(
            [SHARING, ROW, (2, "公安部", None, *ROW[3:])], merged=[(2, 3, 3, 3)]
        ),
        {2: TITLE, 3: TITLE},
    ),
    "a table that goes on without header": (
        "a.docx",
        word(documents.docx_table(LINES), PAGE, documents.docx_table(SECOND)),
        {2: TITLE, 3: "户籍信息"},
    ),
    "a table that goes on under its header": (
        "a.docx",
        word(documents.docx_table(LINES), PAGE, documents.docx_table([SHARING, *SECOND])),
        {2: TITLE, 4: "户籍信息"},
    ),
    "a small table before it": (
        "a.docx",
        word(documents.docx_table([("填报单位", "某局")]), PAGE, documents.docx_table(LINES)),
        ONE,
    ),
    "a table inside a cell": (
        "a.docx",
        changed(
            f"<w:p>{RUN}</w:p>", f"<w:p>{RUN}</w:p>{documents.docx_table([('甲', '乙')])}<w:p/>"
        ),
        {2: f"{TITLE}\n甲\n乙"},
    ),
    "a deleted text": (
        "a.docx",
        changed(RUN, f"<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>{RUN}"),
        ONE,
    ),
    "an inserted text": ("a.docx", changed(RUN, f"<w:ins>{RUN}</w:ins>"), ONE),
    "a text moved away": (
        "a.docx",
        changed(RUN, f"<w:moveFrom>{documents.docx_run('旧')}</w:moveFrom>{RUN}"),
        ONE,
    ),
    "a deleted row": (
        "a.docx",
        word(
            documents.docx_table(TWO).replace(
                "</w:tr></w:tbl>",
                f"</w:tr>{ROW_XML.replace('<w:tr>', '<w:tr><w:trPr><w:del/></w:trPr>')}</w:tbl>",
            )
        ),
        {2: TITLE, 3: "户籍信息"},
    ),
    "a break inside a paragraph": (
        "a.docx",
        changed(RUN, "<w:r><w:t>居住证</w:t><w:br/><w:t>信息</w:t></w:r>"),
        {2: "居住证\n信息"},
    ),
    "a text in pieces of a document": (
        "a.docx",
        changed(RUN, documents.docx_run("居住") + documents.docx_run("证信息")),
        ONE,
    ),
    "the result of a field": (
        "a.docx",
        changed(RUN, f"<w:r><w:instrText>REF x</w:instrText></w:r>{RUN}"),
        ONE,
    ),
    "stops of a tabulator": (
        "a.docx",
        changed(f"<w:p>{RUN}", f'<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>{RUN}'),
        ONE,
    ),
    "a row in a content control": (
        "a.docx",
        word(
            documents.docx_table(LINES).replace(
                ROW_XML, f"<w:sdt><w:sdtContent>{ROW_XML}</w:sdtContent></w:sdt>"
            )
        ),
        ONE,
    ),
    "a row that begins later": (
        "a.docx",
        word(
            documents.docx_table([SHARING, ROW[1:]]).replace(
                documents.docx_cell("公安部"),
                "<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + documents.docx_cell("公安部"),
            )
        ),
        ONE,
    ),
    "a document in strict Open XML": (
        "a.docx",
        lambda: books.packed(
            {
                name: part.replace(
                    documents.W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
                )
                for name, part in books.parts(documents.docx(LINES)).items()
            }
        ),
        ONE,
    ),
}
