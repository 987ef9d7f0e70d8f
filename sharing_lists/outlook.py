"""What an obligation promises, what is owed next and why, and how the last periods were kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from obligations import calendars
from obligations.models import Duty, Obligation, Status
from sharing_lists import promise_rules, promises
from sharing_lists.deliveries import terms_of
from sharing_lists.models import Delivery, SharingTerms
from sharing_lists.promises import Kept, Period, Promised, Terms

PERIODS_SHOWN = 12
# More deliveries than these are not looked through for the last periods.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Outlook:
    """`next` is None where nothing is owed; `sentence` says why either way."""

    terms: Terms
    cycle: str
    mode: str
    next: Promised | None
    sentence: str
    periods: list[Kept]
    deliveries: list[Delivery]

    @property
    def is_evaluable(self) -> bool:
        return self.terms.cycle in promises.CYCLES


def of(row: Obligation, *, on: dt.date) -> Outlook | None:
    """None for what supplies nothing."""
    terms = terms_of(row)
    if row.duty != Duty.SUPPLY or row.external or terms is None:
        return None
    found = Delivery.objects.filter(obligation=row).with_reporters()
    arrived = list(found.order_by("-arrived_at", "-pk")[:_MOST])
    own = row.item.sharing_terms
    owed, periods = _owed(row, terms, arrived, on=on)
    return Outlook(
        terms=terms,
        cycle=own.update_cycle_text or own.get_update_cycle_display(),
        mode=str(SharingTerms.ShareMode(terms.mode).label) if terms.mode else "",
        next=owed,
        sentence=_sentence(row, terms, owed),
        periods=periods,
        deliveries=arrived,
    )


def _owed(
    row: Obligation, terms: Terms, arrived: Sequence[Delivery], *, on: dt.date
) -> tuple[Promised | None, list[Kept]]:
    if row.status != Status.VERIFIED or row.verified_on is None:
        return None, []
    if terms.cycle not in promises.CYCLES:
        return None, []
    calendar, rules = calendars.in_region(row.department.region_id), promise_rules.rules()
    kept = [one for one in arrived if one.outcome == Delivery.Outcome.KEPT]
    newest = max((one.counts_to for one in kept), default=row.verified_on)
    shared: dict[str, Any] = {"cycle": terms.cycle, "rules": rules, "calendar": calendar}
    owed = promises.promised_after(max(row.verified_on, newest), **shared)
    periods = promises.kept_periods(
        [(Period(one.counts_from, one.counts_to), one.arrived_on) for one in kept],
        since=promises.started_on(row.verified_on, **shared),
        until=on,
        count=PERIODS_SHOWN,
        **shared,
    )
    return owed, periods


def _sentence(row: Obligation, terms: Terms, owed: Promised | None) -> str:
    if terms.cycle not in promises.CYCLES:
        return _("This update cycle promises no dates: deliveries are kept, and not judged.")
    if row.status != Status.VERIFIED:
        return _("The promise starts when the obligation is verified.")
    if owed is None:
        return _("No rule of grace is in force for this cycle.")
    said = _(
        "The period %(first)s to %(last)s is owed by its last day; %(days)s working days of grace "
        "end on %(grace)s."
    ) % {
        "first": owed.period.first.isoformat(),
        "last": owed.period.last.isoformat(),
        "days": owed.grace_days,
        "grace": owed.grace_on.isoformat(),
    }
    if owed.provisional:
        said += _(" Provisional: the calendar of that year is not announced yet.")
    return said
