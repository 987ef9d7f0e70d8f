"""What a number format shows of a value, however a program writes its code. Pure.

Programs renumber formats and write the same one in different ways, so codes are never compared:
what each shows is said in one word, such as `number 1`, `percent 1`, `date dmy` or `odd`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.styles.numbers import BUILTIN_FORMATS

GENERAL, NUMBER, PERCENT, DATE = "general", "number", "percent", "date"
# Shows something else than the value: other text, a part of it, or nothing.
ODD = "odd"
_LONGEST = 255
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*(?P<repeated>.)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<general>General|G/通用格式)|(?P<half>AM/PM|A/P|上午/下午)|(?P<digits>[0#?.,]+)"
    r"|(?P<date>y+|m+|d+|h+|s+|a{3,4})|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_BLANKS = " 　\xa0"
_BETWEEN_DATES = frozenset("年月日号时分秒点/-.:,")
_COLOURS = ("black", "blue", "green", "red", "magenta", "黑色", "蓝色", "绿色", "红色", "洋红")
# Without what chooses another calendar or other digits.
_LOCALE = re.compile(r"\$-[0-9a-f]{1,4}")
_CHINESE_DIGITS = re.compile(r"dbnum[1-3]")
# At least one digit before the point, and no comma that divides by a thousand.
_FIGURE = re.compile(r"[#?0,]*0(?:\.([0#?]*))?")
_ACCOUNTING_ZERO = re.compile(r"\?*")
_CHINESE_DAYS = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    **dict.fromkeys((34, 55), 'AM/PM h"时"mm"分"'),
    **dict.fromkeys((35, 56), 'AM/PM h"时"mm"分"ss"秒"'),
}


def built_in(number: int) -> str:
    """The code of a format that a workbook only numbers, as Chinese programs show it."""
    return BUILTIN_FORMATS.get(number) or _CHINESE_DAYS.get(number, "General")


@dataclass(slots=True)
class _Section:
    """One part of a code; `dates` are the letters of a day's and a moment's parts, in order."""

    literal: str = ""
    digits: str = ""
    dates: list[str] = field(default_factory=list)
    percents: int = 0
    texts: int = 0
    is_general: bool = False
    is_odd: bool = False

    @property
    def shows(self) -> str:
        """Of a number, in one word."""
        if self.is_odd:
            return ODD
        if self.dates:
            return self._date()
        if self.literal:
            return ODD
        if self.is_general or self.texts:
            alone = not self.digits and not self.percents
            return GENERAL if alone and self.is_general + self.texts == 1 else ODD
        found = _FIGURE.fullmatch(self.digits)
        if not found or self.percents > 1:
            return ODD
        return f"{PERCENT if self.percents else NUMBER} {len(found[1] or '')}"

    def _date(self) -> str:
        if self.percents or self.texts or self.is_general:
            return ODD
        if not set(self.literal) | set(self.digits) <= _BETWEEN_DATES:
            return ODD
        return f"{DATE} {''.join(sorted(set(_parts(self.dates))))}"


def shown_of_number(code: str) -> str:
    """What the format shows of a number, in one word."""
    sections = _sections(code)
    if len(sections) > 4:
        return ODD
    numeric = [one for place, one in enumerate(sections) if not _is_for_text(sections, place)]
    if not numeric:
        return sections[0].shows
    shows = numeric[0].shows
    return shows if all(map(_agrees, numeric[1:], (1, 2), [shows] * 2)) else ODD


def tells_text(code: str) -> bool:
    """Whether a text is shown as it is written."""
    sections = _sections(code)
    for place, one in enumerate(sections):
        if _is_for_text(sections, place):
            return one.shows == GENERAL
    return len(sections) < 4


def still_tells(shows: str, *, made: str) -> bool:
    """Whether what one format shows can be read as what the format that was made showed."""
    if shows == made or (shows == GENERAL and not made.startswith(DATE)):
        return True
    sort, _, detail = shows.partition(" ")
    made_sort, _, made_detail = made.partition(" ")
    if sort == ODD:
        return False
    if sort == DATE:
        return made_sort == DATE and set(made_detail) <= set(detail)
    if made_sort == GENERAL:
        return sort == NUMBER
    decimals = int(detail or 0)
    if made_sort == PERCENT and sort == NUMBER:
        return decimals >= int(made_detail) + 2
    return sort == made_sort and decimals >= int(made_detail)


def _sections(code: str) -> list[_Section]:
    if not 0 < len(code) <= _LONGEST:
        return [_Section(is_odd=True)]
    found = [_Section()]
    for token in _TOKEN.finditer(code):
        if token["sign"] == ";":
            found.append(_Section())
        else:
            _take(found[-1], token)
    return found


def _take(section: _Section, token: re.Match[str]) -> None:
    kind, text = token.lastgroup, token[token.lastgroup] if token.lastgroup else ""
    if kind == "bracket":
        section.is_odd |= not _is_harmless(text.lower())
    elif kind == "general":
        section.is_general = True
    elif kind == "digits":
        # Parts of a second have digits of their own.
        after_seconds = section.dates[-1:] in (["s"], ["ss"])
        plain = not (after_seconds and re.fullmatch(r"\.0+", text))
        section.digits += text if plain else ""
    elif kind in ("date", "half"):
        section.dates.append(text.lower() if kind == "date" else "")
    elif text == "%" and kind == "sign":
        section.percents += 1
    elif text == "@" and kind == "sign":
        section.texts += 1
    else:
        section.literal += "".join(sign for sign in text if sign not in _BLANKS)


def _is_harmless(bracket: str) -> bool:
    """Colours that are seen, a language, Chinese digits; not conditions or elapsed hours."""
    known = bracket in _COLOURS or _LOCALE.fullmatch(bracket)
    return bool(known or _CHINESE_DIGITS.fullmatch(bracket))


def _is_for_text(sections: list[_Section], place: int) -> bool:
    """The fourth section, or the last of fewer where it shows text."""
    is_last = place == len(sections) - 1
    return place == 3 or (is_last and place < 3 and bool(sections[place].texts))


def _agrees(section: _Section, place: int, shows: str) -> bool:
    """Whether the part for negative numbers or for zero shows what the first part shows."""
    if place == 2 and section.literal == "-" and _ACCOUNTING_ZERO.fullmatch(section.digits):
        return not section.is_odd
    if place == 1 and not shows.startswith(DATE):
        signed, section.literal = section.literal, section.literal.strip("-()")
        return section.shows == shows and signed[:1] in ("-", "(")
    return section.shows == shows


def _parts(dates: list[str]) -> Iterator[str]:
    """Letters of what is told: y, m, d, h, i (minutes), s; names of weekdays tell nothing."""
    for place, name in enumerate(dates):
        letter = name[:1]
        if letter == "m" and len(name) < 3:
            near = [one[:1] for one in dates[:place] if one][-1:]
            after = [one[:1] for one in dates[place + 1 :] if one][:1]
            yield "i" if near == ["h"] or after == ["s"] else "m"
        elif (letter == "d" and len(name) > 2) or letter in ("a", ""):
            continue
        else:
            yield letter
