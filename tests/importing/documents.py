"""Writes tables in every format that is read: by the usual libraries, or by hand as XML."""

import csv
import datetime as dt
import io
import re
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt

from tests.importing import books

DAY = xlwt.easyxf(num_format_str="yyyy-mm-dd")


def written(form, rows, **options):
    return WRITERS[form](rows, **options)


def xls(rows, *, merged=(), hidden=(), title="清单", change=None, date1904=False):
    """`merged`: (top, left, bottom, right) from 1; `hidden`: row numbers from 1."""
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = date1904
    sheet = book.add_sheet(title)
    starts = {(top, left): (top, bottom, left, right) for top, left, bottom, right in merged}
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            style = DAY if isinstance(value, dt.date) else xlwt.Style.default_style
            if (number, column) in starts:
                span = [place - 1 for place in starts[number, column]]
                sheet.write_merge(*span, value, style)
            elif value is not None and not _covered(number, column, merged):
                sheet.write(number - 1, column - 1, value, style)
    for number in hidden:
        sheet.row(number - 1).hidden = True
    if change:
        change(sheet, DAY)
    return books.saved(book)


def _covered(number, column, merged):
    return any(
        top <= number <= bottom and left <= column <= right and (number, column) != (top, left)
        for top, left, bottom, right in merged
    )


def xlsx_by_xlsxwriter(rows, *, merged=(), title="清单", **options):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, **options})
    sheet = book.add_worksheet(title)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for top, left, bottom, right in merged:
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, column, value, day)
            elif isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write(number, column, value)
    book.close()
    return buffer.getvalue()


def xlsx_by_openpyxl(rows, *, merged=(), title="清单"):
    book = books.openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    for top, left, bottom, right in merged:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    return books.saved(book)


def as_csv(rows, *, encoding="utf-8-sig", delimiter=",", merged=()):
    buffer = io.StringIO()
    lines = [["" if value is None else value for value in row] for row in rows]
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(lines)
    return buffer.getvalue().encode(encoding)


SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "draw": "drawing",
    }.items()
) + (
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:calcext="urn:org:documentfoundation:'
    'names:experimental:calc:xmlns:calcext:1.0"'
)


_HIDDEN = ' table:visibility="collapse"'


def ods(
    rows=(), *, merged=(), hidden=(), title="清单", body=None, before="", styles="", parts=None
):
    """`body`: the table's XML in place of rows; `before`: XML before the table."""
    if body is None:
        spans = {
            (top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merged
        }
        body = "".join(
            f"<table:table-row{_HIDDEN if n in hidden else ''}>"
            + "".join(ods_cell(value, span=spans.get((n, c))) for c, value in enumerate(row, 1))
            + "</table:table-row>"
            for n, row in enumerate(rows, start=1)
        )
        body = f"<table:table table:name={quoteattr(title)}>{body}</table:table>"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{before}{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    members = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content.encode(),
    }
    return books.packed(members | (parts or {}))


def ods_cell(value, *, span=None):
    extra = ""
    if span:
        extra = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"'
    if value is None:
        return f"<table:table-cell{extra}/>"
    if isinstance(value, dt.date):
        extra += f' office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, (int, float)):
        extra += f' office:value-type="float" office:value="{value}"'
    else:
        extra += ' office:value-type="string"'
    paragraphs = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in str(value).split("\n"))
    return f"<table:table-cell{extra}>{paragraphs}</table:table-cell>"


def _ods_text(text):
    text = escape(text).replace("\t", "<text:tab/>")
    return re.sub("  +", lambda found: f'<text:s text:c="{len(found[0])}"/>', text)


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006"


def docx(rows=(), *, merged=(), body=None, parts=None, kind="document.main"):
    """`body`: the document's XML in place of one table."""
    if body is None:
        body = docx_table(rows, merged=merged)
    members = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_TYPES}/content-types"><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
            f'{kind}+xml"/></Types>'
        ).encode(),
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": (
            f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{W}">'
            f"<w:body>{body}<w:sectPr/></w:body></w:document>"
        ).encode(),
    }
    return books.packed(members | (parts or {}))


def relations(*targets):
    """(kind, target) or (kind, target, mode)."""
    found = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/{kind}" Target={quoteattr(target)}'
        f"{''.join(f' TargetMode={quoteattr(m)}' for m in mode)}/>"
        for n, (kind, target, *mode) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_TYPES}/relationships">{found}</Relationships>'.encode()


def docx_table(rows, *, merged=(), columns=None):
    width = columns or max((len(row) for row in rows), default=0)
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for column in range(1, width + 1):
            value = row[column - 1] if column <= len(row) else None
            properties = _docx_merge(number, column, merged)
            if properties is not None:
                cells.append(docx_cell(value, properties))
        lines.append(f"<w:tr>{''.join(cells)}</w:tr>")
    grid = "<w:gridCol/>" * width
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"


def _docx_merge(number, column, merged):
    """The cell's properties; None where a cell to its left covers it."""
    for top, left, bottom, right in merged:
        if top <= number <= bottom and left <= column <= right:
            if column > left:
                return None
            span = f'<w:gridSpan w:val="{right - left + 1}"/>' if right > left else ""
            if bottom == top:
                return span
            return span + ('<w:vMerge w:val="restart"/>' if number == top else "<w:vMerge/>")
    return ""


def docx_cell(value, properties=""):
    lines = [] if value is None else str(value).split("\n")
    paragraphs = "".join(f"<w:p>{docx_run(line)}</w:p>" for line in lines) or "<w:p/>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def docx_run(text):
    pieces = "<w:tab/>".join(
        f'<w:t xml:space="preserve">{escape(piece)}</w:t>' if piece else ""
        for piece in text.split("\t")
    )
    return f"<w:r>{pieces}</w:r>"


WRITERS = {
    "xls": xls,
    "xlsx": xlsx_by_openpyxl,
    "ods": ods,
    "docx": docx,
    "csv": as_csv,
}
