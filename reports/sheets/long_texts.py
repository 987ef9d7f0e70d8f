"""长文全文: the whole of each text of which a cell shows the beginning alone."""

from __future__ import annotations

from collections.abc import Iterator

from accounts import text_widths
from reports import heights, layouts
from reports.drafts import Draft
from reports.looks import Column, Form
from reports.overflow import LONG_TEXTS, LongText
from reports.rows import Row

_WIDTH = 108
_COLUMNS = (
    Column("工作表", 22),
    Column("第几行", 9, Form.NUMBER),
    Column("栏目", 18),
    Column("全文", _WIDTH),
)
# So many lines of a text are one row, for a page takes no higher ones.
_LINES = 15


def add(draft: Draft) -> None:
    """The sheet, where there is any such text; once all rows are written."""
    if not draft.book.long_texts:
        return
    sheet, pages = draft.add_table_sheet(LONG_TEXTS, _COLUMNS)
    note = "注：“第几行”是该表数据的第几行（有序号的即其序号）；一段文字较长的，分几行接续。"
    draft.book.stream(
        sheet,
        _COLUMNS,
        (row for found in draft.book.long_texts for row in _rows(found)),
        first_row=layouts.FIRST_ROW,
        closing=layouts.closing(signers=draft.signers, note=note, pages=pages, columns=_COLUMNS),
    )


def _rows(found: LongText) -> Iterator[Row]:
    left, room = found.text, text_widths.usable(_WIDTH)
    while left:
        part = heights.beginning(left, room=room, lines=_LINES)
        yield Row([found.sheet, found.row, found.label, part])
        left = left[len(part) :]
