"""Times and counts as logs write them. Pure."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext as _

from obligations.tables import wording
from obligations.tables.grids import Cell
from obligations.today import SHANGHAI
from obligations.workdays import FIRST_DAY, LAST_DAY

_TIME = re.compile(
    r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?"
    r"(?:[T ]*(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})(?:\.\d+)?)?秒?)?(?:\+08:?00)?"
)
_EXCEL_BEGINS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001
_SERIALS = range(20_000, 80_000)
_COUNT = re.compile(r"\d{1,15}(?:\.0+)?")
_MOST = 10**15


class Unfit(Exception):
    """The cell cannot be used; the sentence says why."""


def moment(cell: Cell, *, date1904: bool) -> dt.datetime:
    """A day or a time in Shanghai; a day alone is its beginning."""
    found = _serial(cell, date1904=date1904) or _written(wording.one_line(cell.text))
    if found is None:
        raise Unfit(
            _("“%(text)s” is no time: write it like 2026-11-23 08:30:00.")
            % {"text": wording.quoted(cell.text)}
        )
    if not FIRST_DAY <= found.date() <= LAST_DAY:
        raise Unfit(_("The year of “%(text)s” is not one.") % {"text": wording.quoted(cell.text)})
    return found.replace(tzinfo=SHANGHAI)


def count(cell: Cell) -> int:
    """A whole number; separators of thousands and one unit are no harm."""
    text = wording.one_line(cell.text).replace(",", "").replace("，", "").rstrip("条次行项 ")
    if cell.kind in ("error", "no_value", "corrupt") or not _COUNT.fullmatch(text):
        raise Unfit(_("“%(text)s” is no whole number.") % {"text": wording.quoted(cell.text)})
    return int(text.partition(".")[0])


def _serial(cell: Cell, *, date1904: bool) -> dt.datetime | None:
    """A cell that Excel counts in days, shown as a number or as a date."""
    if cell.kind == "date":
        return dt.datetime.fromisoformat(cell.text)
    if cell.kind != "number":
        return None
    number = float(cell.text)
    if int(number) not in _SERIALS:
        return None
    return _EXCEL_BEGINS[date1904] + dt.timedelta(seconds=round(number * 86_400))


def _written(text: str) -> dt.datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
