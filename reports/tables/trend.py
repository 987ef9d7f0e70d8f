"""完成率走势: the frozen sums of earlier days, and the day of the report."""

from __future__ import annotations

import datetime as dt

from obligations.indicators import Figure
from reports.looks import Column, Form
from reports.rows import Row
from reports.tables.base import Frozen, Table
from reports.words import rate_value

CODE = "trend"
_COLUMNS = (
    Column("日期", 22, Form.DATE, key="day"),
    Column("已销号", 16, Form.NUMBER, "完成率", key="verified"),
    Column("计入", 16, Form.NUMBER, "完成率", key="counted"),
    Column("比率", 16, Form.PERCENT, "完成率", key="completion_rate"),
    Column("按期", 16, Form.NUMBER, "按期完成率（现行时限）", key="on_time"),
    Column("到期", 16, Form.NUMBER, "按期完成率（现行时限）", key="fell_due"),
    Column("比率", 16, Form.PERCENT, "按期完成率（现行时限）", key="on_time_rate"),
)
_NOTE = (
    "注：取各月（记录不足四个月的取各周）最后一个有记录的日期；"
    "以往各日为冻结本报告数据时的记录，最后一行为本报告的数据。"
)
_NO_SCENES = (
    "注：逐日合计按部门和清单记录，不分“一件事”，因此本报告没有以往各日的走势；"
    "所列一行为本报告的数据。"
)


def table(frozen: Frozen) -> Table:
    """Earlier days as their totals stood when the snapshot was taken."""
    counts = frozen.whole.counts
    rows = [
        _row(point.day, point.completion_rate, point.on_time_rate)
        for point in frozen.snapshot.trend.order_by("day")
    ]
    rows.append(_row(frozen.snapshot.as_of, counts.completion_rate, counts.on_time_rate))
    note = _NO_SCENES if frozen.snapshot.scene else _NOTE
    return Table(CODE, "完成率走势", _COLUMNS, lambda: rows, note=note, frozen_columns=1)


def _row(day: dt.date, completion: Figure, on_time: Figure) -> Row:
    return Row(
        [
            day,
            *(completion.numerator, completion.denominator, rate_value(completion)),
            *(on_time.numerator, on_time.denominator, rate_value(on_time)),
        ]
    )
