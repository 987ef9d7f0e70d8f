"""Whether scheduled work was done in its time: arithmetic of moments, pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from jobs import periods
from jobs.periods import Beat


class Word(StrEnum):
    ON_TIME = "on_time"
    WAITING = "waiting"
    LATE = "late"
    FAILED = "failed"
    NOT_YET_DUE = "not_yet_due"


@dataclass(frozen=True)
class Known:
    """What the rows say: names of the newest period that was done, and of the newest that failed
    or was cancelled, and of the newest of all; empty where there is none."""

    done: str = ""
    failed: str = ""
    newest: str = ""


@dataclass(frozen=True)
class Standing:
    """How one line of the schedule stands. `unmet_at` is the moment of the oldest period that is
    due and not done; `late_since` is when its time and grace were over."""

    word: Word
    next_at: dt.datetime
    unmet_at: dt.datetime | None = None
    late_since: dt.datetime | None = None


def standing(beat: Beat, known: Known, *, since: dt.datetime, now: dt.datetime) -> Standing:
    """Judged by what was done, not by what was queued: where nobody keeps the time there is no
    row that could be late. Nothing was due before `since`, the installation.

    All times are aware and local.
    """
    done_at = _moment(beat, known.done, now)
    unmet_at = periods.next_moment(beat, after=max(since, done_at or since))
    next_at = periods.next_moment(beat, after=now)
    if beat.only_if:
        # No row means that there was nothing to do: only what was found is owed.
        found_at = _moment(beat, known.newest, now)
        unmet_at = next_at if found_at is None or found_at == done_at else found_at
    if unmet_at > now:
        return Standing(Word.ON_TIME if known.done else Word.NOT_YET_DUE, next_at)
    late_at = unmet_at + beat.allowed
    late_since = late_at if late_at <= now else None
    failed_at = _moment(beat, known.failed, now)
    if failed_at is not None and failed_at >= unmet_at:
        word = Word.FAILED
    else:
        word = Word.LATE if late_since else Word.WAITING
    return Standing(word, next_at, unmet_at, late_since)


def _moment(beat: Beat, name: str, now: dt.datetime) -> dt.datetime | None:
    return periods.moment_of(beat, name, zone=now.tzinfo) if name else None
