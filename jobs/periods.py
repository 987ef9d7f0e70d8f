"""Which periods of a schedule have come due: pure arithmetic of local time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Every = Literal["day", "week", "month", "minutes"]

# A missed day is judged for its own date; of missed weeks and months the newest report is enough.
_CATCH_UP = {"day": 31, "week": 1, "month": 1, "minutes": 1}
_MINUTES = re.compile(r"(?:([1-9]\d?) minutes|minute)")
_NAMES = {"minutes": "%Y-%m-%dT%H:%M", "day": "%Y-%m-%d", "week": "%G-W%V-%u", "month": "%Y-%m-%d"}
_GRACE_MINUTES = 60


@dataclass(frozen=True)
class Beat:
    """One line of the schedule. Weeks are due on Monday, months on the 1st, and so many minutes
    from midnight on."""

    kind: str
    every: Every
    at: dt.time
    minutes: int = 0
    # How long the work may take from its moment on, and how much longer nobody is alarmed.
    takes: dt.timedelta = dt.timedelta()
    grace: dt.timedelta = dt.timedelta(minutes=_GRACE_MINUTES)
    # One live job under this key, whoever asked for it; "": any number.
    key: str = ""
    # Named where there may be nothing to do: asked first, and then no job is made.
    only_if: str = ""

    @classmethod
    def from_settings(cls, line: Mapping[str, Any]) -> Beat:
        every = line["every"]
        allowed = {
            "takes": dt.timedelta(minutes=line.get("takes", 0)),
            "grace": dt.timedelta(minutes=line.get("grace", _GRACE_MINUTES)),
            "key": line.get("key", ""),
            "only_if": line.get("only_if", ""),
        }
        often = _MINUTES.fullmatch(every)
        if often:
            minutes = int(often.group(1) or 1)
            return cls(line["kind"], "minutes", dt.time(), minutes, **allowed)
        if every not in _CATCH_UP:
            raise ValueError(
                f"A schedule runs every minute, day, week, month or so many minutes, not {every!r}"
            )
        at = dt.time.fromisoformat(line["at"])
        return cls(line["kind"], cast(Every, every), at, **allowed)

    @property
    def allowed(self) -> dt.timedelta:
        """From the moment of a period until it is late."""
        return self.takes + self.grace


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
    begun = _begun(beat, now)
    return [Period(name=f"{begun:%Y-%m-%dT%H:%M}", on=begun.date())] if begun > since else []


def next_moment(beat: Beat, *, after: dt.datetime) -> dt.datetime:
    """The first moment of a beat after another moment, which is aware and local."""
    if beat.every == "minutes":
        begun = _begun(beat, after)
        midnight = _midnight(begun) + dt.timedelta(days=1)
        return min(begun + dt.timedelta(minutes=beat.minutes), midnight)
    day = _first_day(beat.every, after.date())
    while True:
        moment = dt.datetime.combine(day, beat.at, tzinfo=after.tzinfo)
        if moment > after:
            return moment
        day = _next_first_day(beat.every, day)


def last_moment(beat: Beat, *, until: dt.datetime) -> dt.datetime:
    """The newest moment of a beat that is not after `until`."""
    if beat.every == "minutes":
        return _begun(beat, until)
    day = _first_day(beat.every, until.date())
    if dt.datetime.combine(day, beat.at, tzinfo=until.tzinfo) > until:
        day = _first_day(beat.every, day - dt.timedelta(days=1))
    return dt.datetime.combine(day, beat.at, tzinfo=until.tzinfo)


def moment_of(beat: Beat, name: str, *, zone: dt.tzinfo | None) -> dt.datetime:
    """When the period of this name began."""
    rest = {"week": "-1", "month": "-01"}.get(beat.every, "")
    begun = dt.datetime.strptime(name + rest, _NAMES[beat.every]).replace(tzinfo=zone)
    return begun if beat.every == "minutes" else dt.datetime.combine(begun, beat.at, tzinfo=zone)


def _begun(beat: Beat, now: dt.datetime) -> dt.datetime:
    """The newest moment of a beat of minutes."""
    passed = (now.hour * 60 + now.minute) // beat.minutes * beat.minutes
    return _midnight(now) + dt.timedelta(minutes=passed)


def _midnight(now: dt.datetime) -> dt.datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _next_first_day(every: Every, day: dt.date) -> dt.date:
    if every == "week":
        return day + dt.timedelta(days=7)
    if every == "month":
        return (day + dt.timedelta(days=31)).replace(day=1)
    return day + dt.timedelta(days=1)


def _first_day(every: Every, day: dt.date) -> dt.date:
    if every == "week":
        return day - dt.timedelta(days=day.weekday())
    return day.replace(day=1) if every == "month" else day


def _name(every: Every, day: dt.date) -> str:
    if every == "week":
        return f"{day:%G-W%V}"
    return f"{day:%Y-%m}" if every == "month" else day.isoformat()
