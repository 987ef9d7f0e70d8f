"""How every line of the schedule stands, read from the rows of its periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Max, Q, Value, When
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jobs import periods, punctuality, schedule
from jobs.models import Job
from jobs.periods import Beat
from jobs.punctuality import Known, Standing, Word

# One kind may be on the schedule twice: the name of a period says of which rhythm it is.
_RHYTHM = Case(
    When(period__contains="T", then=Value("minutes")),
    When(period__contains="W", then=Value("week")),
    When(length=7, then=Value("month")),
    default=Value("day"),
    output_field=CharField(),
)
_ENDED_BADLY = (Job.State.FAILED, Job.State.CANCELLED)
WORDS = {
    Word.ON_TIME: pgettext_lazy("schedule", "on time"),
    Word.WAITING: pgettext_lazy("schedule", "due, within its time"),
    Word.LATE: pgettext_lazy("schedule", "late"),
    Word.FAILED: pgettext_lazy("schedule", "failed"),
    Word.NOT_YET_DUE: pgettext_lazy("schedule", "not due yet"),
}
# The shape and colour beside the word.
LIGHTS = {
    Word.ON_TIME: "green",
    Word.WAITING: "blue",
    Word.LATE: "red",
    Word.FAILED: "red",
    Word.NOT_YET_DUE: "grey",
}
_RHYTHMS = {
    "day": gettext_lazy("every day at %(at)s"),
    "week": gettext_lazy("every Monday at %(at)s"),
    "month": gettext_lazy("on the 1st of each month at %(at)s"),
}


@dataclass(frozen=True)
class Line:
    """One line of the schedule: how it stands, when it was last done, and its newest rows."""

    name: str
    beat: Beat
    standing: Standing
    done_at: dt.datetime | None = None
    newest: Job | None = None
    # The newest one that failed or was cancelled, where nothing was done since.
    failed: Job | None = None

    @property
    def label(self) -> str:
        return str(settings.JOB_LABELS.get(self.beat.kind, self.beat.kind))

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        return str(WORDS[self.standing.word])

    @property
    def light(self) -> str:
        return LIGHTS[self.standing.word]

    @property
    def takes_minutes(self) -> int:
        return int(self.beat.takes.total_seconds() // 60)

    @property
    def grace_minutes(self) -> int:
        return int(self.beat.grace.total_seconds() // 60)

    @property
    def rhythm(self) -> str:
        """When it is due, in words."""
        if self.beat.every == "minutes":
            if self.beat.minutes == 1:
                return _("every minute")
            return _("every %(count)s minutes") % {"count": self.beat.minutes}
        return str(_RHYTHMS[self.beat.every]) % {"at": f"{self.beat.at:%H:%M}"}

    @property
    def is_late(self) -> bool:
        return self.standing.late_since is not None

    @property
    def needs_a_look(self) -> bool:
        return self.is_late or self.standing.word == Word.FAILED


def lines(*, now: dt.datetime | None = None) -> list[Line]:
    """The whole schedule in two queries."""
    beats = {name: Beat.from_settings(line) for name, line in settings.JOB_SCHEDULE.items()}
    known = _known({beat.kind for beat in beats.values()})
    rows = _rows(known.values())
    local, since = timezone.localtime(now), timezone.localtime(schedule.installed_at())
    return [_line(name, beat, known, rows, since, local) for name, beat in beats.items()]


def late_since(kind: str, *, now: dt.datetime | None = None) -> dt.datetime | None:
    """Since when work that is scheduled once is late; None where it is not. One query."""
    beat = beat_of(kind)
    if beat is None:
        return None
    local, since = timezone.localtime(now), timezone.localtime(schedule.installed_at())
    return punctuality.standing(beat, Known(last_done(kind)), since=since, now=local).late_since


def last_done(kind: str) -> str:
    """The name of the newest period that was done; empty where none was."""
    # As the index on kind and period says it.
    done = Job.objects.exclude(period="").filter(kind=kind, state=Job.State.DONE)
    return done.order_by("-period").values_list("period", flat=True).first() or ""


def beat_of(kind: str) -> Beat | None:
    """The line of a kind that is scheduled once; None where an installation leaves it out."""
    for line in settings.JOB_SCHEDULE.values():
        if line["kind"] == kind:
            return Beat.from_settings(line)
    return None


def last_day_expected(kind: str, *, now: dt.datetime | None = None) -> dt.date | None:
    """The newest day whose daily work should be done by now; None where none was due yet."""
    beat = beat_of(kind)
    if beat is None:
        return None
    moment = periods.last_moment(beat, until=timezone.localtime(now) - beat.allowed)
    return moment.date() if moment > schedule.installed_at() else None


def first_day_due(kind: str) -> dt.date:
    """The day of the first period that was ever due."""
    since = timezone.localtime(schedule.installed_at())
    beat = beat_of(kind)
    return periods.next_moment(beat, after=since).date() if beat else since.date()


def _known(kinds: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
    rows: Any = Job.objects.exclude(period="").filter(kind__in=kinds).order_by()
    rows = rows.annotate(length=Length("period")).annotate(rhythm=_RHYTHM)
    done = Q(state=Job.State.DONE)
    counted = rows.values("kind", "rhythm").annotate(
        newest=Max("period"),
        done=Max("period", filter=done),
        done_at=Max("finished_at", filter=done),
        failed=Max("period", filter=Q(state__in=_ENDED_BADLY)),
    )
    return {(row["kind"], row["rhythm"]): row for row in counted}


def _rows(known: Iterable[dict[str, Any]]) -> dict[tuple[str, str], Job]:
    """The newest row of each line, and the newest one that ended badly."""
    wanted = Q(pk__in=())
    for row in known:
        wanted |= Q(kind=row["kind"], period__in=[row["newest"], row["failed"] or row["newest"]])
    found = Job.objects.filter(wanted).select_related("created_by")
    return {(job.kind, job.period): job for job in found}


def _line(
    name: str,
    beat: Beat,
    known: dict[tuple[str, str], dict[str, Any]],
    rows: dict[tuple[str, str], Job],
    since: dt.datetime,
    now: dt.datetime,
) -> Line:
    row = known.get((beat.kind, beat.every))
    if row is None:
        return Line(name, beat, punctuality.standing(beat, Known(), since=since, now=now))
    facts = Known(row["done"] or "", row["failed"] or "", row["newest"])
    standing = punctuality.standing(beat, facts, since=since, now=now)
    is_open = facts.failed > facts.done
    return Line(
        name,
        beat,
        standing,
        row["done_at"],
        rows.get((beat.kind, row["newest"])),
        rows.get((beat.kind, facts.failed)) if is_open else None,
    )
