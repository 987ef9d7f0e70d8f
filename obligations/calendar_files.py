"""Reads a year of a calendar from a table: a day, whether it is a workday, what it is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from obligations import deadlines
from obligations.tables import sandbox, wording
from obligations.tables.findings import Problem, Refused
from obligations.tables.grids import Cell
from obligations.tables.headers import Known
from obligations.tables.table import DataRow, Table

# [day, is it a workday, what it is called]
Day = tuple[date, bool, str]
MAX_BYTES = 2**20
COLUMNS = (
    Known("day", "日期", ("date", "时间"), required=True),
    Known("is_workday", "安排", ("是否上班", "is_workday", "性质", "放假或上班"), required=True),
    Known("note", "说明", ("note", "节日", "节日名称", "备注", "名称")),
)
_WORDS = {
    **dict.fromkeys(("放假", "休", "休息", "节假日", "假日", "0", "holiday", "否"), False),
    **dict.fromkeys(("上班", "班", "调休上班", "补班", "工作日", "1", "workday", "是"), True),
}
_WHOLE_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_DAY_OF_YEAR = re.compile(r"(\d{1,2})月(\d{1,2})日")
_IN_EVERY_YEAR = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_LONGEST_NOTE = 100
SAMPLE = (
    "日期,安排,说明\n2027-01-01,放假,元旦\n2027-01-02,放假,元旦\n2027-01-03,放假,元旦\n"
    "2027-01-09,上班,元旦调休\n"
)


class FileProblems(Exception):
    """The file cannot be used; what is wrong, by row and column."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(len(problems))
        self.problems = list(problems)


def read(data: bytes, *, name: str, year: int, whole_country: bool, official: bool) -> list[Day]:
    """The days in order; raises FileProblems with all that is wrong."""
    try:
        table = sandbox.read_table(data, name=name, known=COLUMNS)
    except Refused as refused:
        raise FileProblems([finding.said() for finding in refused.findings]) from refused
    problems = [finding.said() for finding in table.problems]
    days: dict[date, Day] = {}
    for row in table.rows:
        found = _row(row, table, year=year, problems=problems)
        if found and found[0] in days:
            problems.append(_problem(row, table, "day", _("This day stands twice: keep one row.")))
        elif found:
            days[found[0]] = found
    if whole_country and official and not problems:
        problems += _missing(days, year)
    if problems:
        raise FileProblems(problems)
    return [days[day] for day in sorted(days)]


def _row(row: DataRow, table: Table, *, year: int, problems: list[Problem]) -> Day | None:
    before = len(problems)
    day = _day(row.cells.get("day"), year=year, date1904=table.date1904)
    word = row.cells.get("is_workday")
    is_workday = _WORDS.get(wording.matching(word.text)) if word else None
    if day is None:
        sentence = _("“%(text)s” is not a day: write it like 2027-01-01.")
        problems.append(_problem(row, table, "day", sentence))
    elif day.year != year:
        sentence = _("“%(text)s” is not a day of %(year)s: check the day, or the year above.")
        problems.append(_problem(row, table, "day", sentence, year=year))
    if is_workday is None:
        sentence = _("“%(text)s” is not understood: write 放假 or 上班.")
        problems.append(_problem(row, table, "is_workday", sentence))
    elif is_workday and day and day.weekday() < 5:
        sentence = _("%(day)s is a weekday anyway: only a Saturday or Sunday becomes a workday.")
        problems.append(_problem(row, table, "is_workday", sentence, day=day.isoformat()))
    if len(problems) > before or day is None or is_workday is None:
        return None
    note = row.cells.get("note")
    return day, is_workday, wording.one_line(note.text)[:_LONGEST_NOTE] if note else ""


def _day(cell: Cell | None, *, year: int, date1904: bool) -> date | None:
    """A whole day only: a month or a quarter is none."""
    if cell is None:
        return None
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell.text))
    try:
        if cell.kind == "date":
            return date.fromisoformat(cell.text[:10])
        if re.fullmatch(r"\d{5}|\d{8}", text):
            return deadlines.parse(int(text), issued_on=None, date1904=date1904).on
        if whole := _WHOLE_DAY.fullmatch(text):
            return date(*map(int, whole.groups()))
        if inside := _DAY_OF_YEAR.fullmatch(text):
            return date(year, *map(int, inside.groups()))
    except ValueError:
        return None
    return None


def _missing(days: dict[date, Day], year: int) -> Iterator[Problem]:
    """An announced year has its fixed holidays: a file without them is cut off, or another's."""
    for month, number in _IN_EVERY_YEAR:
        day = date(year, month, number)
        if day not in days or days[day][1]:
            message = _(
                "%(day)s is a statutory holiday and does not stand in the file as 放假."
            ) % {"day": day.isoformat()}
            yield Problem(None, COLUMNS[0].label, "missing_day", message)


def _problem(row: DataRow, table: Table, field: str, sentence: str, **facts: object) -> Problem:
    cell = row.cells.get(field)
    said = {"text": wording.quoted(cell.text) if cell else "", **facts}
    return Problem(row.number, table.labels.get(field, field), "bad_day", sentence % said)
