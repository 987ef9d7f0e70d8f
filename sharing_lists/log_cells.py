"""Times and counts as logs write them. Pure."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from obligations.tables import wording
from obligations.tables.grids import Cell
from obligations.today import SHANGHAI
from obligations.workdays import FIRST_DAY, LAST_DAY

# A day in figures alone has all eight of them: 2025111 may be two days.
_DAY = r"(?:(\d{4})(\d\d)(\d\d)|(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?)"
_PACKED_TIME = r"[T ]?(\d\d)(\d\d)(\d\d)"
_TIME_OF_DAY = r"[T ]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]?"
_TIME = re.compile(
    rf"{_DAY}(?:{_PACKED_TIME}|{_TIME_OF_DAY})? ?(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_EXCEL_BEGINS = {False: dt.datetime(1899, 12, 30), True: dt.datetime(1904, 1, 1)}  # noqa: DTZ001
_SERIALS = range(20_000, 80_000)
# Thousands are set apart by threes; 万 and 亿 may follow. 1.2E+11 has lost figures.
_COUNT = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(\.\d+)? ?([万亿]?)", re.ASCII)
_UNITS = {"": 1, "万": 10**4, "亿": 10**8}
_MOST = 10**15


class Unfit(Exception):
    """The cell cannot be used; the sentence says why."""


def moment(cell: Cell, *, date1904: bool) -> dt.datetime:
    """A day or a time in Shanghai; a day alone is its beginning. A time of another zone is the
    same moment in Shanghai."""
    text = _plain(cell)
    found = _serial(cell, text, date1904=date1904) or _written(text)
    if found is None:
        raise Unfit(
            _("“%(text)s” is no time: write it like 2026-11-23 08:30:00.")
            % {"text": wording.quoted(cell.text)}
        )
    if not FIRST_DAY <= found.date() <= LAST_DAY:
        raise Unfit(_("The year of “%(text)s” is not one.") % {"text": wording.quoted(cell.text)})
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def count(cell: Cell) -> int:
    """A whole number; separators of thousands, 万, 亿 and one unit are no harm."""
    said = {"text": wording.quoted(cell.text)}
    match = _COUNT.fullmatch(_plain(cell).rstrip("条次行项 "))
    if cell.kind in ("error", "no_value", "corrupt") or match is None:
        raise Unfit(_("“%(text)s” is no whole number: write it like 1284 or 1.2万.") % said)
    whole, part, unit = match.groups()
    number = Decimal(whole.replace(",", "") + (part or "")) * _UNITS[unit]
    if number > _MOST:
        raise Unfit(_("“%(text)s” is too large: write the number of rows or calls.") % said)
    if number != int(number):
        raise Unfit(_("“%(text)s” is no whole number: write it like 1284 or 1.2万.") % said)
    return int(number)


def _plain(cell: Cell) -> str:
    """On one line, wide figures and signs as narrow ones."""
    return wording.one_line(unicodedata.normalize("NFKC", cell.text))


def _serial(cell: Cell, text: str, *, date1904: bool) -> dt.datetime | None:
    """A cell that Excel counts in days: shown as a date, as a number, or left over in a text."""
    if cell.kind == "date":
        return dt.datetime.fromisoformat(cell.text)
    if cell.kind not in ("number", "text") or not _SERIAL.fullmatch(text):
        return None
    number = float(text)
    if int(number) not in _SERIALS:
        return None
    return _EXCEL_BEGINS[date1904] + dt.timedelta(seconds=round(number * 86_400))


def _written(text: str) -> dt.datetime | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    *figures, zone = match.groups()
    year, month, day, hour, minute, second = _in_order(figures)
    try:
        found = dt.datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
        if zone is None:
            return found
        offset = dt.datetime.strptime(zone, "%z").tzinfo
        return found.replace(tzinfo=offset).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        return None


def _in_order(figures: Sequence[str | None]) -> list[int]:
    """Year to second of what the pattern found in one place or the other."""
    packed, parted = (*figures[0:3], *figures[6:9]), (*figures[3:6], *figures[9:12])
    return [int(one or other or 0) for one, other in zip(packed, parted, strict=True)]
