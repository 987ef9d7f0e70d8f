"""Days and periods as people write them into cells."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata

from django.utils.translation import gettext as _

from obligations import deadlines
from obligations.tables import wording
from obligations.tables.grids import Cell

_MONTH = re.compile(r"(20\d\d)[-./年](\d{1,2})月?")
_BETWEEN = re.compile(r"\s*(?:至|到|~|—+|–)\s*|\s+-\s+")


class Unfit(Exception):
    """The cell cannot be used: a kind and a sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


def day(cell: Cell, *, made_on: dt.date, date1904: bool) -> str:
    """A day as 2026-09-30; in words and without a year it is of the year of the download."""
    written: str | float | dt.date = wording.one_line(cell.text)
    if cell.kind == "date":
        written = dt.datetime.fromisoformat(cell.text).date()
    elif cell.kind == "number":
        written = float(cell.text) if not cell.text.lstrip("-").isdecimal() else int(cell.text)
    if not written:
        return ""
    try:
        found = deadlines.parse(written, issued_on=made_on, date1904=date1904)
    except deadlines.BadDate as error:
        raise _no_day(cell) from error
    if found.on is None:
        raise _no_day(cell)
    return found.on.isoformat()


def period(cell: Cell, *, made_on: dt.date, date1904: bool) -> str:
    """Its first and last day as 2026-08-01/2026-08-31; one day and one month are periods, too."""
    text = unicodedata.normalize("NFKC", wording.one_line(cell.text))
    parts = [text] if cell.kind == "date" else _BETWEEN.split(text)
    if not text:
        return ""
    if len(parts) > 2:
        raise _no_period(cell)
    pairs = [_days_of(part, cell, made_on=made_on, date1904=date1904) for part in parts]
    return f"{pairs[0][0]}/{pairs[-1][1]}"


def _days_of(part: str, cell: Cell, *, made_on: dt.date, date1904: bool) -> tuple[str, str]:
    month = _MONTH.fullmatch(part)
    if month and 1 <= int(month[2]) <= 12:
        year, number = int(month[1]), int(month[2])
        last = calendar.monthrange(year, number)[1]
        return dt.date(year, number, 1).isoformat(), dt.date(year, number, last).isoformat()
    written = cell if part == cell.text else Cell("text", part)
    try:
        found = day(written, made_on=made_on, date1904=date1904)
    except Unfit as error:
        raise _no_period(cell) from error
    if not found:
        raise _no_period(cell)
    return found, found


def _no_period(cell: Cell) -> Unfit:
    text = _(
        "“%(text)s” is no period that is beyond doubt: write its first and last day, such as "
        "2026-08-01至2026-08-31, or a month."
    )
    return Unfit("bad_date", text % {"text": wording.quoted(cell.text)})


def _no_day(cell: Cell) -> Unfit:
    """Not in the words of lists: those offer 持续推进, and here a day is due."""
    text = _(
        "“%(text)s” is no day that is beyond doubt: write the one on which it will be done, such "
        "as 2026-09-30."
    )
    return Unfit("bad_date", text % {"text": wording.quoted(cell.text)})
