"""The checks of data sharing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, Value, When
from django.utils.translation import gettext_lazy as _

from obligations.checks import Check, outcome
from obligations.models import Duty, Obligation, Status
from obligations.models.obligation import applicable
from sharing_lists import arriving
from sharing_lists.models import Delivery

NAMES_ITS_CATALOGUE_ENTRY = Check(
    code="names_its_catalogue_entry",
    label=_("Names its catalogue entry"),
    source=_("Decree 809, Art. 13: data is shared under a published catalogue entry"),
    applies=lambda facts: (
        applicable(facts.as_of) & Q(status=Status.VERIFIED, **{facts.of("duty"): Duty.SUPPLY})
    ),
    outcome=lambda facts: outcome(
        When(facts.has_evidence_of("catalogue"), then=Value("pass")),
        When(**{facts.of("item__sharing_terms__catalogue_code__gt"): ""}, then=Value("pass")),
        default="fail",
    ),
    sentences={
        "pass": _("The catalogue code is on record."),
        "fail": _("Verified without a catalogue code: add the code of the published entry."),
    },
)


def _newest(obligation: Obligation, on: dt.date) -> Sequence[str]:
    """The last deliveries: when, for which days, how it is known, what it is worth."""
    found = Delivery.objects.filter(obligation=obligation, arrived_on__lte=on)
    return [
        f"{one.arrived_on.isoformat()} {one.get_source_display()} {one.get_outcome_display()}"
        for one in found.order_by("-arrived_at", "-pk")[:3]
    ]


DATA_ARRIVES = Check(
    code="data_arrives",
    label=_("Its data arrive as the update cycle promises"),
    source=_("Decree 809, Art. 13: the update frequency of the entry; grace by the promise rules"),
    applies=lambda facts: (
        applicable(facts.as_of) & arriving.supplies(facts) & Q(status=Status.VERIFIED)
    ),
    outcome=lambda facts: outcome(
        When(~arriving.promises_a_cycle(facts), then=Value("not_applicable")),
        When(arriving.broken(facts) & ~Q(arriving.could_be_seen(facts)), then=Value("cannot_tell")),
        When(arriving.broken(facts), then=Value("fail")),
        When(arriving.in_grace(facts), then=Value("warn")),
        When(arriving.counted(facts), then=Value("pass")),
        default="not_yet_due",
    ),
    sentences={
        "pass": _("The last delivery covers what was due."),
        "warn": _("A delivery is late, within its days of grace."),
        "fail": _("The promise is broken: what was due did not arrive within the grace."),
        "cannot_tell": _(
            "Nothing was ever seen of this department's deliveries, neither in a log nor by a "
            "receipt: nobody could look."
        ),
        "not_yet_due": _("The first delivery is not due yet."),
        "not_applicable": _("Its update cycle promises nothing that can be judged."),
    },
    rests_on=("delivery_due_on", "delivery_grace_on"),
    evidence=_newest,
)

CHECKS = (NAMES_ITS_CATALOGUE_ENTRY, DATA_ARRIVES)
