"""What the page of one report and its address in the API show: where it stands, and its figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise

from accounts import permissions
from accounts.audit_words import ACTS
from accounts.models import AuditEntry, User
from obligations.indicators import Figure
from obligations.models import Light, ScoreStatement
from reports import changes, counted, headlines, publishing, scores_of, snapshot_states, snapshots
from reports.counted import Traced
from reports.headlines import Parts, Rate
from reports.models import FigureLine, Report, Snapshot
from reports.scores_of import Missing, Standing

_State = Snapshot.State
_Grouping = FigureLine.Grouping
# The order in which lights are read: what needs attention first.
LIGHTS = (Light.RED, Light.YELLOW, Light.BLUE, Light.PURPLE, Light.GREEN, Light.GREY)
_ORDER = (_State.DRAFT, _State.REVIEWED, _State.PUBLISHED, _State.WITHDRAWN)
_ACTS = ("take_snapshot", *snapshot_states.STARTS)


@dataclass(frozen=True)
class Stage:
    """One step on the way; `standing` is done, now, or empty where it is still to come."""

    state: str
    label: str | Promise
    standing: str
    by: str
    at: dt.datetime | None


@dataclass(frozen=True)
class Act:
    """Something that a person did with the report."""

    label: str | Promise
    by: str
    at: dt.datetime
    reason: str


@dataclass(frozen=True)
class Change:
    """One sort of change since the report before."""

    code: str
    name: str
    count: int

    @property
    def label(self) -> str | Promise:
        return changes.LABELS[self.code]


@dataclass(frozen=True)
class Line:
    """One department as it was frozen, and its score where scores are out."""

    department_id: int
    name: str
    # Completion and on-time rate, each with the numbers that make it.
    figures: list[tuple[Figure, Parts]]
    lights: list[tuple[str, int]]
    standing: Standing | None


@dataclass(frozen=True)
class Page:
    """One report as a user sees it."""

    report: Report
    user: User
    on: dt.date

    @property
    def snapshot(self) -> Snapshot:
        return self.report.snapshot

    @cached_property
    def stages(self) -> list[Stage]:
        """Draft, reviewed, published; withdrawn only where it was."""
        row, now = self.snapshot, _ORDER.index(self.snapshot.state)
        signed = {
            _State.DRAFT: (row.taken_by_name, row.taken_at),
            _State.REVIEWED: (row.reviewed_by_name, row.reviewed_at),
            _State.PUBLISHED: (row.published_by_name, row.published_at),
            _State.WITHDRAWN: (row.withdrawn_by_name, row.withdrawn_at),
        }
        shown = _ORDER if row.state == _State.WITHDRAWN else _ORDER[:-1]
        return [
            Stage(state, state.label, _standing(place, now), *who)
            for place, (state, who) in enumerate(signed.items())
            if state in shown
        ]

    @cached_property
    def allowed(self) -> list[str]:
        return publishing.allowed(self.snapshot, by=self.user)

    @cached_property
    def is_reviewer(self) -> bool:
        """Whether only another coordinator may publish what this one reviewed."""
        reviewed = self.snapshot.state == _State.REVIEWED
        return reviewed and self.snapshot.reviewed_by_id in self.user.people

    @property
    def may_act(self) -> bool:
        """Whether there is anything to do, or to wait for, of what the user's role does."""
        mine = permissions.may(self.user, "publish_report")
        return mine and bool(self.allowed or self.is_reviewer)

    @cached_property
    def history(self) -> list[Act]:
        """Everything that people did with it, the newest first; of a department's part, with the
        report that it goes with."""
        decided_on = self.snapshot.excerpt_of_id or self.snapshot.pk
        rows = AuditEntry.objects.of(self.snapshot._meta.label_lower, decided_on)
        return [
            Act(_word(row.verb), self._name(row), row.at, row.detail.get("reason", ""))
            for row in reversed(rows.filter(verb__in=_ACTS))
        ]

    def _name(self, row: AuditEntry) -> str:
        known = self.snapshot.taken_by_name if row.verb == "take_snapshot" else ""
        return row.detail.get("name") or known or row.username

    @cached_property
    def files(self) -> list[Report]:
        """Every file of the snapshot, the oldest first."""
        return list(self.snapshot.reports.order_by("pk"))

    @cached_property
    def source(self) -> Report | None:
        """Of a department's part: the report that it was taken from, where the user may see it."""
        if self.snapshot.excerpt_of_id is None:
            return None
        found = Report.objects.visible_to(self.user).filter(snapshot=self.snapshot.excerpt_of_id)
        return found.order_by("pk").first()

    @cached_property
    def previous(self) -> Report | None:
        """The report before, which the changes are counted from."""
        before = changes.previous_of(self.snapshot)
        return before.reports.order_by("pk").first() if before else None

    @cached_property
    def changes(self) -> list[Change]:
        """Sort by sort, how many obligations changed so."""
        before = changes.previous_of(self.snapshot)
        sorts = changes.between(self.snapshot, before) if before else []
        counts = changes.counts(sorts)
        return [Change(sort.code, sort.name, counts[sort.code]) for sort in sorts]

    @cached_property
    def recorded_since(self) -> int:
        return snapshots.recorded_after(self.snapshot)

    @cached_property
    def _figures(self) -> Mapping[str, list[FigureLine]]:
        wanted = self.snapshot.figures.filter(grouping__in=[_Grouping.WHOLE, _Grouping.DEPARTMENT])
        rows = list(wanted.order_by("position", "name", "key"))
        return {
            grouping: [row for row in rows if row.grouping == grouping]
            for grouping in (_Grouping.WHOLE, _Grouping.DEPARTMENT)
        }

    @property
    def whole(self) -> FigureLine:
        return self._figures[_Grouping.WHOLE][0]

    @cached_property
    def external_count(self) -> int:
        """What superior bodies owe stands in the report and counts in nothing."""
        return self.snapshot.lines.filter(external=True).count()

    @property
    def own_count(self) -> int:
        """As the first page counts what is on record."""
        return self.whole.total - self.external_count

    @cached_property
    def rates(self) -> list[Rate]:
        return headlines.of(self.whole)

    @cached_property
    def further(self) -> list[Traced]:
        return counted.traced(self.report, headlines.further(self.whole))

    @cached_property
    def lights(self) -> list[tuple[str, int]]:
        return _lights(self.whole)

    @cached_property
    def lines(self) -> list[Line]:
        """The departments in their order."""
        places = {one.department_id: one for one in self.standings}
        return [
            Line(
                department_id=int(row.key),
                name=row.name,
                figures=[
                    (row.counts.completion_rate, headlines.RATES["completion"]),
                    (row.counts.on_time_rate, headlines.RATES["on_time"]),
                ],
                lights=_lights(row),
                standing=places.get(int(row.key)),
            )
            for row in self._figures[_Grouping.DEPARTMENT]
        ]

    @cached_property
    def _statement(self) -> ScoreStatement | None:
        return scores_of.statement_of(self.snapshot) if self.snapshot.with_scores else None

    @cached_property
    def statement(self) -> ScoreStatement | None:
        """The statement that belongs to the report, where the user may see it."""
        found = self._statement
        seen = ScoreStatement.objects.visible_to(self.user)
        return found if found and seen.filter(pk=found.pk).exists() else None

    @cached_property
    def missing(self) -> Missing | None:
        if not self.snapshot.with_scores:
            return None
        return scores_of.missing_of(self._statement, self.snapshot, on=self.on)

    @cached_property
    def standings(self) -> list[Standing]:
        return scores_of.standings(self._statement)


def _word(verb: str) -> str | Promise:
    """People made a report; that a snapshot was taken for it is the audit's word."""
    return ACTS.get("make_report" if verb == "take_snapshot" else verb, verb)


def _standing(place: int, now: int) -> str:
    return "now" if place == now else "done" if place < now else ""


def _lights(row: FigureLine) -> list[tuple[str, int]]:
    return [(str(light), getattr(row, light)) for light in LIGHTS]
