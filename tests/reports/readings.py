"""Sheets of a report read back, as tests and people see them."""

from openpyxl.utils import column_index_from_string

from reports import layouts


def headings(sheet):
    """(group, label) of each column; a merged group stands over all its labels."""
    group, found = "", []
    for top, bottom in zip(sheet[layouts.GROUP_ROW], sheet[layouts.LABEL_ROW], strict=True):
        group = top.value or (group if bottom.value else "")
        found.append((group, bottom.value or group))
    return found


def table(sheet):
    """Rows as {(group, label): value}, down to the signatures."""
    labels = headings(sheet)
    rows = []
    for row in sheet.iter_rows(min_row=layouts.FIRST_ROW, values_only=True):
        # Signatures, or what is said where there are no rows.
        if len([value for value in row if value is not None]) == 1:
            break
        rows.append(dict(zip(labels, row, strict=True)))
    return rows


def by(rows, *heading):
    return {row[heading]: row for row in rows}


def said_above(sheet):
    """Title and second line of each page that stands beside another."""
    starts = [1]
    if sheet.print_title_cols:
        first = column_index_from_string(sheet.print_title_cols.rpartition("$")[2]) + 1
        starts = [first, *(one.id + 1 for one in sheet.col_breaks.brk)]
    return [(sheet.cell(1, column), sheet.cell(2, column)) for column in starts]
