"""The office form of a sheet: title, second line, two-level header, signature, print set-up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports import heights, paging
from reports.books import Book, Closing
from reports.cells import Value
from reports.looks import LIGHT_FILLS, PLAIN, SIZES, Column
from reports.paging import Pages
from reports.rows import Row
from reports.texts import RESERVED
from reports.words import SHORT_LIGHTS

TITLE_ROW, META_ROW, GROUP_ROW, LABEL_ROW = 1, 2, 3, 4
FIRST_ROW = 5
# Between the fields of the second line.
APART = "　　"
_A4 = 9
_GROUP_HEIGHT, _SIGN_HEIGHT, _TITLE_HEIGHT = 22.0, 30.0, 42.0


def frame(
    book: Book,
    sheet: Worksheet,
    columns: Sequence[Column],
    *,
    title: str,
    meta: str,
    short_title: str = "",
    name: str = "",
    frozen_columns: int = 0,
) -> Pages:
    """Title, second line and header above the table, and how it prints. Where it takes several
    pages side by side, each has a title, the short one where it is narrow, and the second line;
    `name` stands above the columns that all repeat."""
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    pages = paging.of(columns, repeated=frozen_columns)
    for first, last in pages.spans:
        room = sum(column.width for column in columns[first - 1 : last])
        is_high = heights.of_text(title, width=room, size=SIZES["qd title"]) > _TITLE_HEIGHT
        said = short_title if short_title and is_high and pages.are_several else title
        heading(book, sheet, title=said, meta=meta, width=last - first + 1, first=first)
    if pages.are_several:
        line(book, sheet, META_ROW, name, look="qd section", width=pages.repeated, height=0)
    _header(book, sheet, columns, pages)
    # By its name: asking the sheet for the cell would make a row before the streamed ones.
    sheet.freeze_panes = f"{get_column_letter(frozen_columns + 1)}{FIRST_ROW}"
    sheet.print_title_rows = f"{META_ROW}:{LABEL_ROW}"
    print_on_a4(sheet, pages=pages)
    return pages


def heading(
    book: Book, sheet: Worksheet, *, title: str, meta: str, width: int, first: int = 1
) -> None:
    """The merged title row and the line below it that says who reports, when and by whom; what
    stands in the watermark's place is filled in whenever the file is taken away."""
    line(book, sheet, TITLE_ROW, title, look="qd title", width=width, first=first)
    room = _width_of(sheet, first, first + width - 1)
    said = heights.between(fields_of(meta), apart=APART, width=room, size=SIZES["qd meta"])
    marked = f"{said}\n{RESERVED}"
    line(book, sheet, META_ROW, marked, look="qd meta", width=width, first=first)
    rows = sheet.row_dimensions
    rows[TITLE_ROW].height = max(rows[TITLE_ROW].height or 0, _TITLE_HEIGHT)
    # So that each page shows it.
    sheet.print_title_rows = f"{META_ROW}:{META_ROW}"


def fields_of(meta: str) -> list[str]:
    """What stands side by side in a second line; room for handwriting belongs to its field."""
    return re.split(f"{APART}(?=[^　])", meta)


def line(
    book: Book,
    sheet: Worksheet,
    row: int,
    text: str,
    *,
    look: str,
    width: int,
    first: int = 1,
    height: float | None = None,
) -> None:
    """One text across columns; merged rows never grow by themselves, so the row becomes as high
    as any of its texts needs."""
    book.put(sheet, row, first, text, look=look)
    last = first + width - 1
    if width > 1:
        # Not openpyxl's own way, which gives each of the empty cells its edges: here are none, and
        # it takes a third of the time of a small book.
        sheet.merged_cells.add(_area(row, first, row, last))
    wanted = height
    if wanted is None:
        wanted = heights.of_text(text, width=_width_of(sheet, first, last), size=SIZES[look])
    sheet.row_dimensions[row].height = max(sheet.row_dimensions[row].height or 0, wanted)


def table(
    book: Book, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Row], *, first_row: int
) -> int:
    """Write a small table's rows as cells; returns the row below it."""
    row_number = first_row
    for row in rows:
        states = row.states or {}
        for place, (column, value) in enumerate(zip(columns, row.values, strict=True)):
            look = book.looks.body(column.form, states.get(place, PLAIN))
            book.put(sheet, row_number, place + 1, value, look=look)
        fit(sheet, row_number, row.values, widths=[column.width for column in columns])
        row_number += 1
    return row_number


def fit(
    sheet: Worksheet,
    row: int,
    values: Sequence[Value],
    *,
    widths: Sequence[float],
    size: float = heights.BODY,
) -> None:
    """Make a row as high as its longest text needs."""
    sheet.row_dimensions[row].height = max(
        heights.of_text(value if isinstance(value, str) else "", width=width, size=size)
        for value, width in zip(values, widths, strict=True)
    )


def merge_repeats(sheet: Worksheet, *, column: int, first_row: int, below: int) -> None:
    """Join cells of a summary table's column that say the same one below the other."""
    start = first_row
    for row in range(first_row + 1, below + 1):
        same = row < below and sheet.cell(row, column).value == sheet.cell(start, column).value
        if not same:
            _merge(sheet, start, column - 1, row - 1, column - 1)
            start = row


def signature(
    book: Book, sheet: Worksheet, *, row: int, pages: Pages, signers: str, note: str
) -> None:
    """The line to sign on and the note below a table, on the first of its pages."""
    first, last = pages.spans[0]
    width = last - first + 1
    line(book, sheet, row, signers, look="qd sign", width=width, first=first, height=_SIGN_HEIGHT)
    if note:
        line(book, sheet, row + 1, note, look="qd note", width=width, first=first)


def sentence(book: Book, sheet: Worksheet, *, row: int, pages: Pages, text: str) -> None:
    """What is said where a table's rows would stand, and there are none."""
    first, last = pages.spans[0]
    width = last - first + 1
    line(book, sheet, row, text, look="qd sign", width=width, first=first, height=_SIGN_HEIGHT)


def closing(*, signers: str, note: str, pages: Pages, columns: Sequence[Column]) -> list[Closing]:
    """The same below streamed rows: unmerged, running on over the empty cells beside."""
    first, last = pages.spans[0]
    found = [Closing(signers, "qd running sign", _SIGN_HEIGHT, first)]
    width = sum(column.width for column in columns[first - 1 : last])
    parts = heights.parted(note, width=width) if note else []
    return [*found, *(Closing(one, "qd running note", heights.SMALLEST, first) for one in parts)]


def nothing(sentence: str, pages: Pages) -> Closing:
    """The same where rows would be streamed; further pages would have headings alone."""
    until = pages.spans[0][1] if pages.are_several else 0
    return Closing(sentence, "qd running text", _SIGN_HEIGHT, pages.start, printed_until=until)


def colour_lights(sheet: Worksheet, cells: str) -> None:
    """Colour cells by the light that they name, whoever writes the word and when."""
    first = cells.partition(":")[0]
    for light, word in SHORT_LIGHTS.items():
        fill = PatternFill("solid", bgColor=LIGHT_FILLS[light])
        rule = Rule(
            type="beginsWith", operator="beginsWith", text=word, dxf=DifferentialStyle(fill=fill)
        )
        rule.formula = [f'LEFT({first},1)="{word}"']
        sheet.conditional_formatting.add(cells, rule)


def print_on_a4(sheet: Worksheet, *, pages: Pages | None = None, on_one_page: bool = False) -> None:
    """A4 landscape, as many pages high as it takes, numbered; one page wide unless that could not
    be read, or would be larger than it need be."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    if pages and pages.scale:
        # Programs heed breaks between columns only where the scale is fixed.
        sheet.page_setup.scale = pages.scale
    else:
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 1 if on_one_page else 0
    if pages and pages.are_several:
        _print_side_by_side(sheet, pages)
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    footer = sheet.oddFooter
    assert footer is not None
    assert footer.center is not None
    footer.center.text = "第 &P 页 共 &N 页"


def _print_side_by_side(sheet: Worksheet, pages: Pages) -> None:
    # All of the same rows, then the next rows.
    sheet.page_setup.pageOrder = "overThenDown"
    sheet.print_title_cols = f"A:{get_column_letter(pages.repeated)}"
    for column in pages.breaks:
        sheet.col_breaks.append(Break(id=column))


def _header(book: Book, sheet: Worksheet, columns: Sequence[Column], pages: Pages) -> None:
    """Groups above labels; a column without a group stands over both rows, and a group that goes
    on over the edge of a page stands on both."""
    start, highest = 0, _GROUP_HEIGHT
    edges = {pages.repeated, *pages.breaks, len(columns)}
    for place, column in enumerate(columns):
        last = place + 1 in edges or columns[place + 1].group != column.group
        grouped = bool(column.group)
        top, bottom = (column.group, column.label) if grouped else (column.label, "")
        book.put(sheet, GROUP_ROW, place + 1, top, look="qd head")
        book.put(sheet, LABEL_ROW, place + 1, bottom, look="qd head")
        if not grouped:
            _merge(sheet, GROUP_ROW, place, LABEL_ROW, place)
        if last and grouped:
            _merge(sheet, GROUP_ROW, start, GROUP_ROW, place)
            width = sum(one.width for one in columns[start : place + 1])
            wanted = heights.of_text(column.group, width=width, size=SIZES["qd head"])
            highest = max(highest, wanted)
        if last or not grouped:
            start = place + 1
    sheet.row_dimensions[GROUP_ROW].height = highest
    labels, widths = [c.label for c in columns], [c.width for c in columns]
    fit(sheet, LABEL_ROW, labels, widths=widths, size=SIZES["qd head"])


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    """Join cells that all have their look; the first of them speaks."""
    if (top, left) != (bottom, right):
        area = _area(top, left + 1, bottom, right + 1)
        for row, column in list(area.cells)[1:]:
            sheet.cell(row, column).value = None
        sheet.merged_cells.add(area)


def _area(top: int, left: int, bottom: int, right: int) -> CellRange:
    return CellRange(min_col=left, min_row=top, max_col=right, max_row=bottom)


def _width_of(sheet: Worksheet, first: int, last: int) -> float:
    letters = map(get_column_letter, range(first, last + 1))
    return sum(sheet.column_dimensions[letter].width for letter in letters)
