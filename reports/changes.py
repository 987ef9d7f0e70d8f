"""本期变化: what became different between two snapshots, read as sets from their frozen lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from obligations.models import Status
from reports.models import ObligationLine, Snapshot

# Facts of the earlier line, under was_… on the later one.
WAS = ("status", "due_on", "due_kind", "light", "opened_on")
# What is not in the later report: its lines are the earlier report's.
GONE = "gone"
_Lines = QuerySet[ObligationLine]


@dataclass(frozen=True)
class Change:
    """One sort of change and the later lines that changed so; the earlier ones of what is gone."""

    code: str
    name: str
    lines: _Lines


@dataclass(frozen=True)
class Earlier:
    """How an obligation stood in the report before."""

    status: str | Promise
    due_on: dt.date | None
    light: str


def earlier(line: ObligationLine) -> Earlier | None:
    """What `between` put beside a line; None where it was not there yet."""
    told = vars(line)
    if told["was_status"] is None:
        return None
    status: str | Promise = Status(told["was_status"]).label
    if line.external and told["was_status"] != Status.WITHDRAWN:
        status = _("opened") if told["was_opened_on"] else _("not opened")
    return Earlier(status, told["was_due_on"], told["was_light"])


def previous_of(snapshot: Snapshot) -> Snapshot | None:
    """The report before: fixed when the snapshot was taken, so that its changes stay the same."""
    return snapshot.previous


def newest_before(snapshot: Snapshot) -> Snapshot | None:
    """The newest published snapshot of the same scope with an earlier day."""
    same = Snapshot.objects.published().about_the_same(snapshot).filter(as_of__lt=snapshot.as_of)
    return same.order_by("-as_of", "-taken_at", "-pk").first()


def between(snapshot: Snapshot, previous: Snapshot) -> list[Change]:
    """Every sort of change; an obligation that changed in several ways stands under each."""
    now, before = _lines(snapshot), _lines(previous)
    was = before.filter(obligation_id=OuterRef("obligation_id"))
    known = now.annotate(**{f"was_{name}": Subquery(was.values(name)[:1]) for name in WAS})
    found = [Change(code, name, known.filter(holds(was))) for code, name, holds in _SORTS]
    is_there = now.filter(obligation_id=OuterRef("obligation_id"))
    gone = before.exclude(status=Status.WITHDRAWN).filter(~Exists(is_there))
    gone = gone.annotate(**{f"was_{name}": F(name) for name in WAS})
    return [*found, Change(GONE, "移出本报告范围", gone)]


def counts(sorts: Sequence[Change]) -> dict[str, int]:
    """How many lines each sort has, by its code; one query for all."""
    if not sorts:
        return {}
    each = [
        sort.lines.order_by().values(sort=Value(sort.code)).annotate(found=Count("pk"))
        for sort in sorts
    ]
    found = {row["sort"]: row["found"] for row in each[0].union(*each[1:], all=True)}
    return {sort.code: found.get(sort.code, 0) for sort in sorts}


def _lines(snapshot: Snapshot) -> _Lines:
    return ObligationLine.objects.filter(snapshot=snapshot)


def _added(was: _Lines) -> Q:
    """What was not there, or had not been issued; central bodies' duties are never issued."""
    issued = ~Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
    issued &= ~Q(Exists(was.exclude(status=Status.DRAFT)))
    listed = Q(external=True) & ~Q(status=Status.WITHDRAWN) & ~Q(Exists(was))
    return issued | listed


def _cleared(was: _Lines) -> Q:
    return Q(status=Status.VERIFIED) & ~Q(Exists(was.filter(status=Status.VERIFIED)))


def _reopened(was: _Lines) -> Q:
    """Counted rather than compared: it may have been verified again by now."""
    open_again = ~Q(status__in=[Status.VERIFIED, Status.WITHDRAWN])
    open_again &= Q(Exists(was.filter(status=Status.VERIFIED)))
    return open_again | Q(Exists(was.filter(reopened_count__lt=OuterRef("reopened_count"))))


def _moved(was: _Lines) -> Q:
    """Another current deadline, or one where there was none, or none any more."""
    other = was.filter(Q(due_on__lt=OuterRef("due_on")) | Q(due_on__gt=OuterRef("due_on")))
    return (
        Q(Exists(other))
        | Q(due_on=None) & Exists(was.filter(due_on__isnull=False))
        | Q(due_on__isnull=False) & Exists(was.filter(due_on=None))
    )


def _withdrawn(was: _Lines) -> Q:
    return Q(status=Status.WITHDRAWN) & Q(Exists(was.exclude(status=Status.WITHDRAWN)))


def _other_light(was: _Lines) -> Q:
    """Of what changed in no other way: there the lights stand beside the change anyway."""
    other = Q(Exists(was.exclude(light=OuterRef("light"))))
    for holds in (_added, _cleared, _reopened, _moved, _withdrawn):
        other &= ~holds(was)
    return other


_SORTS: tuple[tuple[str, str, Callable[[_Lines], Q]], ...] = (
    ("added", "新增", _added),
    ("cleared", "办结销号", _cleared),
    ("reopened", "复开", _reopened),
    ("moved", "时限调整", _moved),
    ("withdrawn", "撤销", _withdrawn),
    ("light", "灯色变化", _other_light),
)
# What pages call them; `Change.name` is the workbook's word.
LABELS: Mapping[str, Promise] = {
    "added": pgettext_lazy("change between reports", "added"),
    "cleared": pgettext_lazy("change between reports", "verified"),
    "reopened": pgettext_lazy("change between reports", "reopened"),
    "moved": pgettext_lazy("change between reports", "deadline moved"),
    "withdrawn": pgettext_lazy("change between reports", "withdrawn"),
    "light": pgettext_lazy("change between reports", "another light"),
    GONE: pgettext_lazy("change between reports", "left the scope of the report"),
}
