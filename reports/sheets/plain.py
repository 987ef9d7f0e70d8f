"""A table as a sheet in office form: whole, or streamed where it has one row an obligation."""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports import layouts
from reports.drafts import Draft
from reports.looks import Form
from reports.paging import Pages
from reports.rows import LAST_ROW
from reports.tables import Table


def add(draft: Draft, table: Table) -> Worksheet:
    """A new sheet with the table on it."""
    sheet, pages = draft.add_table_sheet(
        table.name, table.columns, frozen_columns=table.frozen_columns
    )
    for place, column in enumerate(table.columns, 1):
        if column.form is Form.LIGHT:
            letter = get_column_letter(place)
            layouts.colour_lights(sheet, f"{letter}{layouts.FIRST_ROW}:{letter}{LAST_ROW}")
    (_stream if table.is_detail else _write)(draft, sheet, table, pages)
    return sheet


def _stream(draft: Draft, sheet: Worksheet, table: Table, pages: Pages) -> None:
    last = get_column_letter(len(table.columns))
    sheet.auto_filter.ref = f"A{layouts.LABEL_ROW}:{last}{layouts.LABEL_ROW}"
    draft.book.stream(
        sheet,
        table.columns,
        table.rows(),
        first_row=layouts.FIRST_ROW,
        empty=layouts.nothing(table.empty, pages),
        shortens=True,
        closing=layouts.closing(
            signers=draft.signers, note=table.note, pages=pages, columns=table.columns
        ),
    )


def _write(draft: Draft, sheet: Worksheet, table: Table, pages: Pages) -> None:
    rows = [*table.rows()]
    if rows and table.total is not None:
        rows.append(table.total)
    below = layouts.table(draft.book, sheet, table.columns, rows, first_row=layouts.FIRST_ROW)
    if not rows:
        layouts.sentence(draft.book, sheet, row=below, pages=pages, text=table.empty)
        below += 1
        if pages.are_several:
            # The further ones would have headings alone.
            sheet.print_area = f"A1:{get_column_letter(pages.spans[0][1])}{below + 1}"
    layouts.signature(
        draft.book, sheet, row=below, pages=pages, signers=draft.signers, note=table.note
    )
