"""A report in the making: its book, its snapshot, and the words that stand on every sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from accounts import file_properties
from reports import layouts
from reports.books import Book
from reports.cells import Value
from reports.looks import Column
from reports.models import Snapshot
from reports.paging import Pages
from reports.rows import OFFICE_ZONE
from reports.words import day_text

BLANK = "　　　　　　"
_INTERNAL = "内部资料，未经批准不得公开"
SIGNERS = f"单位负责人：{BLANK}　　审核人：{BLANK}　　制表人："


@dataclass
class Draft:
    """What every sheet is made from."""

    book: Book
    snapshot: Snapshot

    def __post_init__(self) -> None:
        body = self.snapshot.reporting_body
        file_properties.say(self.book.workbook.properties, title=self.title, body=body)

    @property
    def title(self) -> str:
        return self.snapshot.title

    @property
    def meta(self) -> str:
        """填报单位, 填报时间, 制表人, 联系电话; blanks to be filled in by hand where unknown."""
        taken = self.snapshot.taken_at.astimezone(OFFICE_ZONE).date()
        return layouts.APART.join(
            [
                f"填报单位：{self.snapshot.reporting_body or BLANK}",
                f"填报时间：{day_text(taken)}",
                f"数据截止：{self.cutoff}",
                f"制表人：{self.snapshot.taken_by_name or '系统自动生成'}",
                # Whatever is written by hand has room to the end of the line.
                f"联系电话：{self.snapshot.phone}",
            ]
        )

    @property
    def cutoff(self) -> str:
        """The end of the day, or the moment of the freezing where the day was not over yet."""
        taken = self.snapshot.taken_at.astimezone(OFFICE_ZONE)
        if taken.date() > self.snapshot.as_of:
            return f"{day_text(self.snapshot.as_of)}24时"
        return f"{day_text(self.snapshot.as_of)}{taken:%H:%M}"

    @property
    def use(self) -> str:
        """Who may read it, where not everybody may."""
        return _INTERNAL if self.snapshot.is_internal else ""

    @property
    def signers(self) -> str:
        return f"{SIGNERS}{self.snapshot.taken_by_name or BLANK}"

    def add_table_sheet(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        frozen_columns: int = 0,
    ) -> tuple[Worksheet, Pages]:
        """A sheet with title, second line and header, named in its title; and how it prints."""
        sheet = self.book.add_sheet(name)
        pages = layouts.frame(
            self.book,
            sheet,
            columns,
            title=f"{self.title}（{name}）",
            short_title=self.title,
            meta=self.meta,
            name=name,
            frozen_columns=frozen_columns,
        )
        return sheet, pages

    def put_row(
        self, sheet: Worksheet, row: int, values: Sequence[Value], *, looks: Sequence[str]
    ) -> None:
        """One row of cells, each with its look."""
        for place, (value, look) in enumerate(zip(values, looks, strict=True), 1):
            self.book.put(sheet, row, place, value, look=look)
