"""The calendar as shipped: announced years from chinesecalendar, later ones statutory only."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from chinese_calendar import constants

STATUTORY_FILE = Path(__file__).parent / "cn-statutory-2027-2030.csv"
_CHINESE_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


class ShippedDay(NamedTuple):
    """A holiday or a make-up workday; days that follow Monday to Friday are not listed."""

    day: date
    is_workday: bool
    note: str
    source: str
    provisional: bool


@cache
def shipped_days() -> tuple[ShippedDay, ...]:
    """Every day shipped, in order; an announced year hides its statutory guess."""
    announced = list(_announced())
    years = {row.day.year for row in announced}
    guessed = [row for row in _statutory() if row.day.year not in years]
    return tuple(sorted(announced + guessed))


def _announced() -> Iterator[ShippedDay]:
    source = f"chinesecalendar {version('chinesecalendar')}"
    for is_workday, days in ((False, constants.holidays), (True, constants.workdays)):
        for day, name in days.items():
            yield ShippedDay(day, is_workday, _CHINESE_NAMES.get(name, name), source, False)


def _statutory() -> Iterator[ShippedDay]:
    with STATUTORY_FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield ShippedDay(
                date.fromisoformat(row["date"]),
                row["is_workday"] == "1",
                row["note"],
                STATUTORY_FILE.name,
                True,
            )
