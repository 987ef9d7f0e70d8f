"""Which periods of a schedule have come due: pure arithmetic of local time."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, cast

Every = Literal["day", "week", "month", "minutes"]

# A missed day is judged for its own date; of missed weeks and months the newest report is enough.
_CATCH_UP = {"day": 31, "week": 1, "month": 1, "minutes": 1}
_MINUTES = re.compile(r"([1-9]\d?) minutes")


@dataclass(frozen=True)
class Beat:
    """One line of the schedule. Weeks are due on Monday, months on the 1st, and so many minutes
    from midnight on."""

    kind: str
    every: Every
    at: dt.time
    minutes: int = 0
    # One live job under this key, whoever asked for it; "": any number.
    key: str = ""
    # Named where there may be nothing to do: asked first, and then no job is made.
    only_if: str = ""

    @classmethod
    def from_settings(cls, line: dict[str, str]) -> Beat:
        every = line["every"]
        key, only_if = line.get("key", ""), line.get("only_if", "")
        often = _MINUTES.fullmatch(every)
        if often:
            minutes = int(often.group(1))
            return cls(line["kind"], "minutes", dt.time(), minutes, key=key, only_if=only_if)
        if every not in _CATCH_UP:
            raise ValueError(
                f"A schedule runs every day, week, month or so many minutes, not {every!r}"
            )
        at = dt.time.fromisoformat(line["at"])
        return cls(line["kind"], cast(Every, every), at, key=key, only_if=only_if)


@dataclass(frozen=True)
class Period:
    """A day, week or month of one kind of job: `name` is unique for ever, `on` its first day."""

    name: str
    on: dt.date


def due(beat: Beat, *, since: dt.datetime, now: dt.datetime) -> list[Period]:
    """Periods whose moment lies in (since, now], oldest first, as many as are caught up.

    Both times are aware and in the local zone.
    """
    if beat.every == "minutes":
        return _due_minutes(beat, since=since, now=now)
    found: list[Period] = []
    day = _first_day(beat.every, now.date())
    while len(found) < _CATCH_UP[beat.every]:
        moment = dt.datetime.combine(day, beat.at, tzinfo=now.tzinfo)
        if moment <= since:
            break
        if moment <= now:
            found.append(Period(name=_name(beat.every, day), on=day))
        day = _first_day(beat.every, day - dt.timedelta(days=1))
    return found[::-1]


def _due_minutes(beat: Beat, *, since: dt.datetime, now: dt.datetime) -> list[Period]:
    """The newest one alone: an earlier one would tell of a moment that is gone."""
    passed = (now.hour * 60 + now.minute) // beat.minutes * beat.minutes
    begun = now.replace(hour=passed // 60, minute=passed % 60, second=0, microsecond=0)
    return [Period(name=f"{begun:%Y-%m-%dT%H:%M}", on=begun.date())] if begun > since else []


def _first_day(every: Every, day: dt.date) -> dt.date:
    if every == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if every == "month" else day


def _name(every: Every, day: dt.date) -> str:
    if every == "week":
        return f"{day:%G-W%V}"
    return f"{day:%Y-%m}" if every == "month" else day.isoformat()
