"""Every date explains itself: its start, its rule, the days that were skipped, who moved it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from obligations.models import Block, Clock, DateBasis, DeadlineRule, Obligation, Recount
from obligations.models.rules import in_words
from obligations.rule_data import SHIPPED
from obligations.skipping import DaysBetween, Span
from obligations.verbs import VERB_LABELS

_Field = DateBasis.Field
# What a clock starts with; other events are called by their verb.
EVENTS = {
    "list": gettext_lazy("the list"),
    "issue": gettext_lazy("the issue"),
    "claim": gettext_lazy("the department's formal claim"),
    "endorse": gettext_lazy("the department's formal claim"),
    "send_back": gettext_lazy("the first return"),
    "return": gettext_lazy("the first return"),
    "reopen": gettext_lazy("the reopening"),
    "lift_block": gettext_lazy("the end of the block"),
    "extension": gettext_lazy("the approved extension"),
    "objection": gettext_lazy("the ruling on an objection"),
}
SHOWN = (
    *(_Field.ACCEPT_BY, _Field.DUE_ON, _Field.MEND_UNTIL, _Field.DECIDE_BY, _Field.PLANNED_ON),
    *(_Field.DELIVERY_DUE_ON, _Field.DELIVERY_GRACE_ON),
)
# Few dates were ever counted anew.
_RECOUNTS = Prefetch("recount", Recount.objects.select_related("load", "rule", "asked_by"))
_SOURCES = {one.clock: one.source for one in SHIPPED}


@dataclass(frozen=True, slots=True)
class Move:
    """One earlier day of the date, and why it gave way."""

    before: dt.date
    after: dt.date
    why: str
    who: str
    at: dt.datetime

    def __str__(self) -> str:
        said = {"before": self.before, "after": self.after, "why": self.why}
        return _("%(before)s → %(after)s: %(why)s") % said


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one date is what it is. `days` and what follows are given where a clock was counted."""

    field: str
    label: str
    on: dt.date
    sentence: str
    event: str = ""
    start_on: dt.date | None = None
    clock: str = ""
    source: str = ""
    days: int | None = None
    unit: str = ""
    holidays: tuple[Span, ...] = ()
    weekend_days: int = 0
    made_up: tuple[Span, ...] = ()
    provisional: bool = False
    who: str = ""
    note: str = ""
    document_number: str = ""
    moves: tuple[Move, ...] = ()


def of(row: Obligation) -> list[Explanation]:
    """Every date of one obligation that is set, in the order of its life."""
    return list(of_row(row).values())


def of_row(row: Obligation) -> dict[str, Explanation]:
    """As `of`, by field."""
    found = of_many([row])[row.pk]
    listed = _original(row)
    return {listed.field: listed, **found} if listed else found


def of_many(
    rows: Sequence[Obligation], *, fields: Sequence[str] = SHOWN
) -> dict[int, dict[str, Explanation]]:
    """By obligation and field; the number of queries does not grow with the rows."""
    kept: dict[tuple[int, str], list[DateBasis]] = defaultdict(list)
    bases = DateBasis.objects.filter(obligation__in=[row.pk for row in rows], field__in=fields)
    read = list(bases.select_related("by", "rule").order_by("pk"))
    prefetch_related_objects([one for one in read if one.recount_id], _RECOUNTS)
    for basis in read:
        kept[basis.obligation_id, basis.field].append(basis)
    calendar = DaysBetween([one for history in kept.values() for one in history])
    blocks = _blocks(kept.values())
    return {
        row.pk: {
            name: _explained(row, name, day, kept[row.pk, name], calendar, blocks)
            for name in fields
            if (day := getattr(row, name, None)) is not None
        }
        for row in rows
    }


def _original(row: Obligation) -> Explanation | None:
    if row.original_due_on is None:
        return None
    return Explanation("original_due_on", _("Original due date"), row.original_due_on, _listed(row))


def _explained(
    row: Obligation,
    name: str,
    day: dt.date,
    history: Sequence[DateBasis],
    calendar: DaysBetween,
    blocks: dict[tuple[int, dt.date | None], Block],
) -> Explanation:
    label = str(_Field(name).label)
    standing = [one for one in history if one.superseded_at is None and one.value == day]
    if not standing:
        return Explanation(name, label, day, _without_basis(row, name))
    basis = standing[-1]
    said: dict[str, Any] = {
        "event": event_words(basis.event),
        "start_on": basis.start_on,
        "who": basis.by.display_name if basis.by else "",
        "note": basis.note or _cause(row, basis, blocks),
        "document_number": basis.document_number,
        "moves": tuple(_moves(row, name, history)),
    }
    if not basis.clock:
        return Explanation(name, label, day, _named(basis), **said)
    holidays, weekend_days, made_up = calendar.skipped(row, basis)
    return Explanation(
        name,
        label,
        day,
        _counted(basis),
        clock=str(Clock(basis.clock).label),
        source=basis.rule.source if basis.rule else _SOURCES.get(basis.clock, ""),
        days=basis.days,
        unit=str(DeadlineRule.Unit(basis.unit).label),
        holidays=tuple(holidays),
        weekend_days=weekend_days,
        made_up=tuple(made_up),
        provisional=calendar.is_provisional(row, basis),
        **said,
    )


# --- sentences -------------------------------------------------------------------------------


def event_words(event: str) -> str:
    """What an event is called; an unknown one by its verb."""
    words = EVENTS.get(event) or VERB_LABELS.get(event)
    return str(words) if words else event


def why_moved(basis: DateBasis) -> str:
    """Why a recount moved the date."""
    recount = basis.recount
    if recount is None:
        return event_words(basis.event)
    if recount.rule is not None:
        return _("the rule changed (%(source)s)") % {"source": recount.rule.source}
    if recount.load is not None:
        said = {"year": recount.load.year, "source": recount.load.source}
        return _("the calendar of %(year)s changed (%(source)s)") % said
    return _("the calendar changed")


def _counted(basis: DateBasis) -> str:
    return _("%(length)s after %(start)s (%(event)s); that day itself is not counted.") % {
        "length": in_words(basis.days or 0, basis.unit),
        "start": basis.start_on.isoformat(),
        "event": event_words(basis.event),
    }


def _named(basis: DateBasis) -> str:
    if basis.event == "list":
        return _("The list names this day.")
    return _("This day was named on %(start)s (%(event)s).") % {
        "start": basis.start_on.isoformat(),
        "event": event_words(basis.event),
    }


def _without_basis(row: Obligation, name: str) -> str:
    if name == _Field.DUE_ON:
        return _listed(row)
    if name == _Field.PLANNED_ON:
        return _("The department's own plan; it moves no deadline.")
    if name in (_Field.DELIVERY_DUE_ON, _Field.DELIVERY_GRACE_ON):
        return _("From the update cycle that the list promises, and its grace.")
    return _("Recorded without the rule that gave it.")


def _listed(row: Obligation) -> str:
    if not row.due_text:
        return _("The list names this day; it does not move for rest days.")
    return _("The list says “%(text)s”; its days do not move for rest days.") % {
        "text": row.due_text
    }


# --- what moved it ---------------------------------------------------------------------------


def _moves(row: Obligation, name: str, history: Sequence[DateBasis]) -> Iterator[Move]:
    """Each change of a standing date, the newest last; the first day of the list counts as one."""
    before = row.original_due_on if name == _Field.DUE_ON else None
    for basis in history:
        if name != _Field.DUE_ON:
            before = basis.previous
        if before is not None and before != basis.value:
            person = basis.recount.asked_by if basis.recount else basis.by
            who = person.display_name if person else ""
            yield Move(before, basis.value, why_moved(basis), who, basis.at)
        before = basis.value


def _blocks(
    histories: Iterable[Sequence[DateBasis]],
) -> dict[tuple[int, dt.date | None], Block]:
    ids = {one.obligation_id for bases in histories for one in bases if one.event == "lift_block"}
    if not ids:
        return {}
    ended = Block.objects.filter(obligation__in=ids, ended_on__isnull=False)
    return {(block.obligation_id, block.ended_on): block for block in ended}


def _cause(
    row: Obligation, basis: DateBasis, blocks: dict[tuple[int, dt.date | None], Block]
) -> str:
    """Why it had been blocked, where the date comes from the end of a block."""
    block = blocks.get((row.pk, basis.start_on)) if basis.event == "lift_block" else None
    if block is None:
        return ""
    return _("It was blocked (%(cause)s): %(reason)s") % {
        "cause": block.get_cause_display(),
        "reason": block.reason,
    }
