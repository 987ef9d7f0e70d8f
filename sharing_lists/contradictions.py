"""疑点 of data sharing: what is claimed of the data, and what arrived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from obligations.contradictions import Contradiction, Seen, dates_of, plain
from obligations.models import Light, Status
from obligations.models.obligation import applicable
from sharing_lists import arriving
from sharing_lists.models import Delivery

_dates = dates_of("due_on", "completed_on", "verified_on", "delivery_due_on", "delivery_grace_on")


def _with_newest(ids: Sequence[int], on: dt.date) -> Seen:
    """The dates, and the newest delivery that counts."""
    seen = {pk: dict(facts) for pk, facts in _dates(ids, on).items()}
    kept = Delivery.objects.kept().filter(obligation__in=ids, arrived_on__lte=on)
    for row in kept.order_by("counts_to", "pk").values("obligation", "counts_to", "arrived_on"):
        seen[row["obligation"]] |= {
            "covered_to": plain(row["counts_to"]),
            "arrived_on": plain(row["arrived_on"]),
        }
    return seen


VERIFIED_BUT_STALE = Contradiction(
    code="verified_but_stale",
    label=_("Verified, but the data stopped coming"),
    weight=80,
    claim=_("Verified on %(verified_on)s; it is to be delivered as its update cycle says."),
    found=_(
        "The last delivery that counts arrived on %(arrived_on)s and covers the days until "
        "%(covered_to)s; the next was due by %(delivery_due_on)s, with grace until "
        "%(delivery_grace_on)s."
    ),
    expected=_("Deliver what is missing; it is then settled by itself."),
    applies=lambda facts: (
        applicable(facts.as_of)
        & arriving.supplies(facts)
        & Q(status=Status.VERIFIED)
        & arriving.broken(facts)
        & Q(arriving.counted(facts))
    ),
    facts=_with_newest,
)
CLAIMED_BUT_NOTHING_ARRIVED = Contradiction(
    code="claimed_but_nothing_arrived",
    label=_("Claimed, but nothing ever arrived"),
    weight=70,
    claim=_("Claimed as completed on %(completed_on)s."),
    found=_("Until %(seen_until)s not one delivery and not one call was seen."),
    expected=_(
        "Deliver, or name the interface correctly so that the platform's log and your receipts "
        "find this row."
    ),
    applies=lambda facts: (
        applicable(facts.as_of)
        & arriving.supplies(facts)
        & arriving.promises_a_cycle(facts)
        & (
            Q(status=Status.VERIFIED) & arriving.broken(facts) & Q(arriving.is_watched(facts))
            | Q(status=Status.ENDORSED, completed_on__lt=facts.as_of)
            & Q(arriving.could_be_seen(facts))
        )
        & ~Q(arriving.anything(facts))
    ),
    facts=lambda ids, on: {
        pk: {**facts, "seen_until": plain(on)} for pk, facts in _dates(ids, on).items()
    },
)
RED_BUT_ON_TIME = Contradiction(
    code="red_but_on_time",
    label=_("Overdue, but the data arrive on time"),
    weight=40,
    claim=_("Not claimed, and overdue since %(due_on)s."),
    found=_(
        "Deliveries arrive as the update cycle says: the last on %(arrived_on)s, for the days "
        "until %(covered_to)s."
    ),
    expected=_("Claim completion with the receipts as evidence."),
    applies=lambda facts: (
        applicable(facts.as_of)
        & arriving.supplies(facts)
        & Q(status__in=[Status.ISSUED, Status.IN_PROGRESS], blocked=False)
        # In its mending days it is yellow: nobody calls it overdue.
        & Q(due_on__lt=facts.as_of, light=Light.RED)
        & arriving.keeps_the_cycle(facts)
    ),
    facts=_with_newest,
)

CONTRADICTIONS = (VERIFIED_BUT_STALE, CLAIMED_BUT_NOTHING_ARRIVED, RED_BUT_ON_TIME)
