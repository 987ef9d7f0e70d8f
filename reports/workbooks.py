"""The progress report as a workbook: a function of the snapshot alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.utils import translation

from obligations.exporting import CLEANED
from reports import layouts
from reports.books import Book
from reports.drafts import Draft
from reports.heeding import Heed, at_ease
from reports.looks import Column, Form
from reports.models import Snapshot
from reports.overflow import Cleanings
from reports.rows import Row
from reports.sheets import cover, guide, long_texts, overview, plain, proof
from reports.tables import groups, tables_of, trend
from reports.tables import overview as overview_table


def progress(snapshot: Snapshot, *, to: Path, heed: Heed = at_ease) -> Cleanings:
    """Write the report of a snapshot; returns the texts that no cell could hold as they were.
    `heed` is told the rows, and may raise to give it up."""
    # Leadership's form is Chinese, whoever makes it.
    with translation.override("zh-hans"):
        return _write(Draft(Book(made_at=snapshot.taken_at, heed=heed), snapshot), to=to)


def _write(draft: Draft, *, to: Path) -> Cleanings:
    tables = {table.code: table for table in tables_of(draft.snapshot)}
    cover.add(draft, list(tables.values()))
    guide.add(draft)
    for code, table in tables.items():
        if code == overview_table.CODE:
            departments = tables[groups.DEPARTMENTS]
            overview.add(draft, table, trend=tables[trend.CODE], departments=departments)
        else:
            plain.add(draft, table)
    listing = _listing(draft)

    def finish() -> None:
        long_texts.add(draft)
        listing()
        proof.add(draft)

    draft.book.save(to, before_the_frame=finish)
    return draft.book.cleanings


def file_name(snapshot: Snapshot) -> str:
    """Such as 全省数据共享责任清单落实情况-20261123.xlsx."""
    return f"{snapshot.file_stem}-{snapshot.as_of:%Y%m%d}.xlsx"


def _listing(draft: Draft) -> Callable[[], None]:
    """Adds the sheet of cleaned texts, where there are any, once all rows are written."""
    columns = [
        Column("工作表", 30),
        Column("单元格", 12, Form.WORD),
        Column("去除的非法字符（个）", 22, Form.NUMBER),
        Column("截去的超长文字（个）", 22, Form.NUMBER),
    ]

    def add() -> None:
        cleanings = draft.book.cleanings
        if not cleanings.count:
            return
        sheet, pages = draft.add_table_sheet(CLEANED, columns)
        rows = [
            Row([found.sheet, found.cell, found.removed, found.cut]) for found in cleanings.listed
        ]
        below = layouts.table(draft.book, sheet, columns, rows, first_row=layouts.FIRST_ROW)
        note = ""
        if cleanings.count > len(rows):
            note = f"注：共清理{cleanings.count}个单元格，本表列出前{len(rows)}个。"
        layouts.signature(
            draft.book, sheet, row=below, pages=pages, signers=draft.signers, note=note
        )

    return add
