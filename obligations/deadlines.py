"""Reads the deadline of a list's cell: what was written, of what kind it is, and its day."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from obligations.workdays import FIRST_YEAR, LAST_YEAR

Kind = Literal["date", "ongoing", "none"]
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_LONGEST_QUOTE = 40
_NO_SERIAL = 10**9


class BadDate(ValueError):
    """The cell holds no deadline; the message says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`text` as written; `on` is given exactly when `kind` is "date" ("none": nothing is owed)."""

    text: str
    kind: Kind
    on: date | None


def parse(
    value: str | date | datetime | int | float,
    *,
    issued_on: date | None,
    date1904: bool = False,
) -> Deadline:
    """`issued_on`, the list's date of issue, gives the year of texts that name none."""
    if isinstance(value, datetime):
        return _of_day(_in_shanghai(value), written=value.isoformat(" "))
    if isinstance(value, date):
        return _of_day(value, written=value.isoformat())
    if isinstance(value, bool):
        raise _not_a_date(str(value))
    if isinstance(value, int | float):
        return _of_day(_from_number(value, date1904=date1904), written=f"{value:.15g}")
    if not isinstance(value, str):
        raise _not_a_date(str(value))
    return _from_text(value, issued_on=issued_on, date1904=date1904)


def _of_day(day: date, *, written: str) -> Deadline:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadDate(
            gettext(
                "“%(text)s” is outside the years 2000–2099: check the year, for example 2025-09-30."
            )
            % {"text": _quote(written)}
        )
    return Deadline(text=written, kind="date", on=day)


def _in_shanghai(moment: datetime) -> date:
    return (moment.astimezone(_SHANGHAI) if moment.tzinfo else moment).date()


# --- numbers ---------------------------------------------------------------------------------


def _from_number(number: int | float, *, date1904: bool) -> date:
    """2025.12, 202512 and 20251231 are what they look like; anything else is a serial number."""
    if not -_NO_SERIAL < number < _NO_SERIAL:  # also NaN, which compares as false
        raise _not_a_date(str(number))
    written = f"{number:.15g}"
    if number < 0:
        raise BadDate(
            gettext("“%(text)s” is a negative number, not a date: write it like 2025-09-30.")
            % {"text": written}
        )
    if number == int(number) and re.fullmatch(r"20\d{4}(\d\d)?", written):
        year, month, day = int(written[:4]), int(written[4:6]), int(written[6:] or 0)
        return _day(year, month, day, text=written, to_the_end=len(written) == 6)
    if FIRST_YEAR <= number < LAST_YEAR + 1:
        return _from_year_and_month(written)
    return _from_serial(int(number), date1904=date1904)


def _from_year_and_month(written: str) -> date:
    """2025.12, which a spreadsheet keeps as a number; 2025.1 may once have been 2025.10."""
    year, _point, month = written.partition(".")
    if len(month) == 2:
        return _day(int(year), int(month), 0, text=written, to_the_end=True)
    raise _ambiguous(written)


def _from_serial(serial: int, *, date1904: bool) -> date:
    """Excel's day number; what is out of reach becomes a year that the caller refuses."""
    origin = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    return origin + timedelta(days=min(serial, (date.max - origin).days))


# --- text ------------------------------------------------------------------------------------

_HOUR = "(?:[01]?\\d|2[0-4])"
_TIME = re.compile(
    r"(?:(?<=\d)(?:T|\s+)|(?<=[日号])\s*)(?:[上中下]午|晚上?)?"
    rf"(?:{_HOUR}(?::[0-5]\d){{1,2}}(?:\.\d+)?|{_HOUR}[时点](?:[0-5]?\d分|整|半)?)"
    r"(?=\s*(?:之前|以前|前|完成|$))"
)
_WEEKDAY = re.compile(r"\s*\(?(?:星期|周)[一二三四五六日天]\)?")
_CHINESE_NUMBER = re.compile(r"[〇○零一二三四五六七八九十]+(?=[年月日号季])")
_LEADING = re.compile(r"^(?:原则上|力争|争取|确保|最迟|不晚于|不迟于|截至|截止到?|应?于|在|到|至)+")
_STANDING = r"(?:持续|长期|常态化?|常年)[^\d年月日底末前内季]{0,12}"
_TRAILING = re.compile(
    r"(?P<before>之前|以前|前)?(?:全面|全部|基本)?"
    r"(?:(?:完成|办结|落实到位|到位|落实|实现|开放|上线)(?:共享|对接|开放|上线|编目)?)?"
    rf"(?:[,;]?并?{_STANDING})?[.。,;]*$"
)
_ONGOING = re.compile(
    rf"(?:并|需|要)?{_STANDING}|(?:按照?|根据|依据)[^\d年月日底末前内季]{{0,20}}部署[^\d年月日底末前内季]{{0,12}}"
)
_YEAR = r"(?:(?P<y>\d{4})年度?|(?P<rel>今年|本年度?|当年|明年|次年))"
_END = "(?P<end>底|末|终|内)?"
_FORMS = [
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})(?P<sign>[-/.])(?P<m>\d{1,2})(?P=sign)(?P<d>\d{1,2})日?",
        rf"{_YEAR}?(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日号]?",
        rf"(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}}){_END}",
        rf"{_YEAR}?(?P<m>\d{{1,2}})月份?月?{_END}",
        rf"{_YEAR}?(?P<m>\d{{1,2}})月份?(?P<end>[上中下]旬)",
        rf"{_YEAR}?第?(?P<quarter>[1-4])季度?{_END}",
        rf"{_YEAR}?(?P<half>[上下])半年{_END}",
        rf"{_YEAR}年?{_END}",
        r"年(?P<end>底|末|终|内)",
    )
]
_TWO_READINGS = re.compile(
    r"[年月季度](?:初|中|中期)|^\d\d年|^\d{1,2}[-/.]\d{1,2}$|^\d\d[-/.]\d{1,2}[-/.]"
)


def _from_text(written: str, *, issued_on: date | None, date1904: bool) -> Deadline:
    text = unicodedata.normalize("NFKC", written).strip()
    if not text:
        raise BadDate(
            gettext(
                "The deadline is empty: write a day such as 2025-09-30 or 2025年9月底, "
                "or 持续推进 for a standing task."
            )
        )
    if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", text) and not re.match(r"20\d\d\.", text):
        number = float(text) if "." in text else int(text)
        return _of_day(_from_number(number, date1904=date1904), written=written)
    if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:.*(?:Z|[+-]\d\d:?\d\d)", text):
        return _of_day(_from_zoned(text), written=written)
    plain = _plain(text)
    if _ONGOING.fullmatch(plain.rstrip(".。,;")):
        return Deadline(text=written, kind="ongoing", on=None)
    return _of_day(_from_words(plain, written=written, issued_on=issued_on), written=written)


def _from_zoned(text: str) -> date:
    try:
        return _in_shanghai(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise _not_a_date(text) from error


def _plain(text: str) -> str:
    """Without day of the week, time of day, blanks and Chinese numerals."""
    text = re.sub(r"\s+", "", _TIME.sub("", _WEEKDAY.sub("", text).strip()))
    return _CHINESE_NUMBER.sub(lambda found: _arabic(found[0]), text)


def _arabic(numeral: str) -> str:
    """十二 → 12, 二十 → 20, 二〇二五 → 2025; what is neither stays as it is."""
    tens, ten, units = numeral.partition("十")
    digits = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")}
    digits |= {"〇": "0", "○": "0"}
    if not ten:
        return "".join(digits[sign] for sign in numeral)
    if len(tens) > 1 or len(units) > 1 or "十" in units:
        return numeral
    return digits.get(tens, "1") + digits.get(units, "0")


def _from_words(plain: str, *, written: str, issued_on: date | None) -> date:
    trailing = _TRAILING.search(plain)
    body = _LEADING.sub("", plain[: trailing.start()] if trailing else plain)
    for form in _FORMS:
        found = form.fullmatch(body)
        if found:
            parts = {name: value or "" for name, value in found.groupdict().items()}
            # "9月前" may mean before September or by its end; "9月底前" and a day may not.
            if trailing and trailing["before"] and not (parts.get("d") or parts.get("end")):
                raise _ambiguous(written)
            return _last_day(parts, written=written, issued_on=issued_on)
    raise _ambiguous(written) if _TWO_READINGS.search(body) else _not_a_date(written)


def _last_day(parts: dict[str, str], *, written: str, issued_on: date | None) -> date:
    """The day itself, or the last one of the month, third of a month, quarter, half or year."""
    if parts.get("quarter"):
        month = 3 * int(parts["quarter"])
    elif parts.get("half"):
        month = 6 if parts["half"] == "上" else 12
    else:
        month = int(parts.get("m") or 12)
    day = {"上旬": 10, "中旬": 20}.get(parts["end"], 0) if "end" in parts else int(parts["d"])
    return _day(
        _year(parts, written=written, issued_on=issued_on),
        month,
        day,
        text=written,
        to_the_end="end" in parts,
    )


def _year(parts: dict[str, str], *, written: str, issued_on: date | None) -> int:
    if parts.get("y"):
        return int(parts["y"])
    if issued_on is None:
        raise BadDate(
            gettext(
                "“%(text)s” has no year and the list has no date of issue: write the year too, "
                "for example 2025年9月底, or enter the date of issue."
            )
            % {"text": _quote(written)}
        )
    return issued_on.year + (parts.get("rel") in ("明年", "次年"))


def _day(year: int, month: int, day: int, *, text: str, to_the_end: bool) -> date:
    """Day 0 is the month's last day when the text means a whole period."""
    try:
        if to_the_end and not day:
            day = calendar.monthrange(year, month)[1]
        return date(year, month, day)
    except ValueError as error:
        raise BadDate(
            gettext(
                "“%(text)s” names a day or month that does not exist: correct it, "
                "for example 2025-09-30 or 2025年9月底."
            )
            % {"text": _quote(text)}
        ) from error


# --- refusals --------------------------------------------------------------------------------


def _ambiguous(text: str) -> BadDate:
    return BadDate(
        gettext(
            "“%(text)s” can be read in more than one way: write the last day that counts, "
            "for example 2025-09-30."
        )
        % {"text": _quote(text)}
    )


def _not_a_date(text: str) -> BadDate:
    return BadDate(
        gettext(
            "“%(text)s” is not a date: write a day such as 2025-09-30 or 2025年9月底, "
            "or 持续推进 for a standing task."
        )
        % {"text": _quote(text)}
    )


def _quote(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
