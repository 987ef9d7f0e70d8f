"""Rows of a departments file: what each cell means, and what is wrong with it. No database."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts import names
from accounts.errors import RuleViolation
from accounts.models import Level

COLUMNS = {
    "name": "名称",
    "short_name": "简称",
    "level": "级别",
    "kind": "类别",
    "region": "地区",
    "counterpart": "对口部门",
    "aliases": "别名",
    "former_names": "曾用名",
    "parent": "上级部门",
    "valid_from": "启用日期",
    "valid_to": "停用日期",
    "successor": "承接部门",
}
_LENGTHS = {"kind": 50, "region": 100}
_LEVELS = {
    **dict.fromkeys(("国家", "国家级", "中央", "国", "central"), Level.CENTRAL),
    **dict.fromkeys(("省", "省级", "自治区", "直辖市", "province"), Level.PROVINCE),
    **dict.fromkeys(("市", "市级", "地市", "州", "city"), Level.CITY),
    **dict.fromkeys(("县", "县级", "区", "区县", "county"), Level.COUNTY),
}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)")
_UNTIL = re.compile(r"(.+)\((\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?(?:以)?前\)")


@dataclass(frozen=True)
class Problem:
    """What cannot be taken, with what would be right.

    Row 1 is the header; row 0 means the whole file, an empty column the whole row.
    """

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        if not self.row:
            return self.message
        place = {"row": self.row, "column": self.column, "message": self.message}
        if not self.column:
            return _("Row %(row)s: %(message)s") % place
        return _("Row %(row)s, column “%(column)s”: %(message)s") % place


class FileRefused(RuleViolation):
    """A departments file with problems; nothing of it was written."""

    code = "file_refused"

    def __init__(self, problems: list[Problem]) -> None:
        listed = "\n".join(map(str, problems[:50]))
        more = len(problems) - 50
        if more > 0:
            listed += "\n" + _("And %(count)s more.") % {"count": more}
        facts = [{"row": p.row, "column": p.column, "message": p.message} for p in problems]
        super().__init__(listed, facts={"problems": facts})
        self.problems = problems


@dataclass(frozen=True)
class FormerName:
    """An earlier name and its last day, where known."""

    name: str
    valid_to: dt.date | None = None


@dataclass
class Row:
    """One department as a file describes it; a blank cell says nothing."""

    number: int
    name: str
    texts: dict[str, str] = field(default_factory=dict)
    level: Level | None = None
    dates: dict[str, dt.date] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    former_names: list[FormerName] = field(default_factory=list)


def read(rows: Iterable[Mapping[str, str]]) -> list[Row]:
    """Understand all rows (keys: COLUMNS) or raise FileRefused with every problem."""
    problems: list[Problem] = []
    read_rows: list[Row] = []
    first_seen: dict[str, int] = {}
    for number, cells in enumerate(rows, start=2):
        if not any(names.tidy(text or "") for text in cells.values()):
            continue
        row = _read_row(number, cells, problems)
        earlier = first_seen.setdefault(names.matching(row.name), number)
        if row.name and earlier != number:
            sentence = _("“%(name)s” already stands in row %(row)s; keep one of the two rows.")
            problems.append(Problem(number, "name", sentence % {"name": row.name, "row": earlier}))
        read_rows.append(row)
    if not read_rows and not problems:
        problems.append(Problem(2, "name", _("There is no department below the header.")))
    if problems:
        raise FileRefused(problems)
    return read_rows


def _read_row(number: int, cells: Mapping[str, str], problems: list[Problem]) -> Row:
    def refuse(column: str, message: str) -> None:
        problems.append(Problem(number, column, message))

    texts = {column: names.tidy(cells.get(column) or "") for column in COLUMNS}
    row = Row(number, texts["name"])
    if not row.name:
        refuse("name", _("The name is missing; write the full official name."))
    for column in ("short_name", "kind", "region", "counterpart", "parent", "successor"):
        if texts[column]:
            row.texts[column] = texts[column]
    row.aliases = _split(texts["aliases"])
    row.former_names = [_former(text) for text in _split(texts["former_names"])]
    row.level = _level(texts["level"], refuse)
    for column in ("valid_from", "valid_to"):
        if day := _day(column, texts[column], refuse):
            row.dates[column] = day
    if len(row.dates) == 2 and row.dates["valid_from"] > row.dates["valid_to"]:
        refuse("valid_to", _("The last day lies before the first day; correct one of the two."))
    _check_lengths(row, refuse)
    return row


def _check_lengths(row: Row, refuse: Callable[[str, str], None]) -> None:
    measured = [("name", row.name), *row.texts.items()]
    measured += [("aliases", alias) for alias in row.aliases]
    measured += [("former_names", former.name) for former in row.former_names]
    for column, text in measured:
        limit = _LENGTHS.get(column, 200)
        if len(text) > limit:
            sentence = _("“%(text)s…” is too long: at most %(limit)s characters.")
            refuse(column, sentence % {"text": text[:20], "limit": limit})


def _split(text: str) -> list[str]:
    parts = (part.strip() for part in re.split("[、;；]", text))
    return list(dict.fromkeys(part for part in parts if part))


def _former(text: str) -> FormerName:
    """`国土资源部（2018年前）` was valid until 2017-12-31; without a year for an unknown time."""
    match = _UNTIL.fullmatch(text.replace("（", "(").replace("）", ")"))
    if not match:
        return FormerName(text)
    year, month, day = int(match[2]), int(match[3] or 1), int(match[4] or 1)
    try:
        return FormerName(match[1].strip(), dt.date(year, month, day) - dt.timedelta(days=1))
    except (ValueError, OverflowError):
        return FormerName(text)


def _level(text: str, refuse: Callable[[str, str], None]) -> Level | None:
    level = _LEVELS.get(names.matching(text))
    if text and level is None:
        sentence = _("“%(text)s” is not a level; write one of 国家, 省, 市, 县.")
        refuse("level", sentence % {"text": text[:50]})
    return level


def _day(column: str, text: str, refuse: Callable[[str, str], None]) -> dt.date | None:
    if not text:
        return None
    match = _DATE.fullmatch(names.matching(text))
    if match:
        year, month, day = (int(part) for part in match.groups() if part)
        known = 1900 <= year <= 2099 and 1 <= month <= 12
        if known and 1 <= day <= calendar.monthrange(year, month)[1]:
            return dt.date(year, month, day)
    refuse(column, _("“%(text)s” is not a date; write it like 2025-12-31.") % {"text": text[:50]})
    return None
