"""A report in the making: its book, its snapshot, and the words that stand on every sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from openpyxl.worksheet.worksheet import Worksheet

from obligations.indicators import Figure
from obligations.models import Light
from reports import layouts
from reports.books import Book
from reports.looks import Column
from reports.models import FigureLine, Snapshot
from reports.rows import OFFICE_ZONE, Value

NOTHING = "—"
BLANK = "　　　　　　"
SIGNERS = f"单位负责人：{BLANK}　　审核人：{BLANK}　　制表人："

# The word beside each colour, in the order in which leadership reads them.
LIGHT_WORDS = {
    Light.RED: "红灯（逾期、失约）",
    Light.YELLOW: "黄灯（滞后、补正）",
    Light.BLUE: "蓝灯（临期）",
    Light.PURPLE: "紫灯（受阻）",
    Light.GREEN: "绿灯（正常、办结）",
}
SHORT_LIGHTS = {
    "red": "红",
    "yellow": "黄",
    "blue": "蓝",
    "purple": "紫",
    "green": "绿",
    "grey": "灰",
}
# Kinds of list as sheets and narrow columns call them.
KIND_WORDS = {"sharing": "数据共享", "docking": "系统对接"}


def day_text(day: dt.date) -> str:
    """2026年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def rate_value(figure: Figure) -> Decimal | str:
    """The rate as the cell holds it: what is shown, not more; a dash for 0/0."""
    percent = figure.percent
    return NOTHING if percent is None else percent / 100


@dataclass
class Draft:
    """What every sheet is made from."""

    book: Book
    snapshot: Snapshot

    @property
    def title(self) -> str:
        return self.snapshot.title

    @property
    def meta(self) -> str:
        """填报单位, 填报时间, 制表人, 联系电话; blanks to be filled in by hand where unknown."""
        taken = self.snapshot.taken_at.astimezone(OFFICE_ZONE).date()
        return "　　".join(
            [
                f"填报单位：{self.snapshot.reporting_body or BLANK}",
                f"填报时间：{day_text(taken)}",
                f"数据截止：{self.cutoff}",
                f"制表人：{self.snapshot.taken_by_name or '系统自动生成'}",
                f"联系电话：{self.snapshot.phone or BLANK}",
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
    def signers(self) -> str:
        return f"{SIGNERS}{self.snapshot.taken_by_name or BLANK}"

    @cached_property
    def figures(self) -> dict[str, list[FigureLine]]:
        """Figure lines by grouping, each in its order."""
        found: dict[str, list[FigureLine]] = {grouping: [] for grouping in FigureLine.Grouping}
        for line in self.snapshot.figures.order_by("position", "name", "key"):
            found[line.grouping].append(line)
        return found

    @property
    def whole(self) -> FigureLine:
        return self.figures[FigureLine.Grouping.WHOLE][0]

    def add_table_sheet(
        self, name: str, columns: Sequence[Column], *, frozen_columns: int = 0
    ) -> Worksheet:
        """A sheet with title, second line and header, named in its title."""
        sheet = self.book.add_sheet(name)
        title = f"{self.title}（{name}）"
        layouts.frame(
            self.book, sheet, columns, title=title, meta=self.meta, frozen_columns=frozen_columns
        )
        return sheet

    def put_row(
        self, sheet: Worksheet, row: int, values: Sequence[Value], *, looks: Sequence[str]
    ) -> None:
        """One row of cells, each with its look."""
        for place, (value, look) in enumerate(zip(values, looks, strict=True), 1):
            self.book.put(sheet, row, place, value, look=look)
