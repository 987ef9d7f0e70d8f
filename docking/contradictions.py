"""疑点 of system docking: said to be live, and not answering."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from docking.models import Endpoint, Milestone, Stage, StateChange
from docking.models.words import label_of
from obligations.checks import CLAIMED, Facts
from obligations.contradictions import Contradiction, Seen, dates_of, plain
from obligations.models import Duty
from obligations.models.obligation import applicable

_dates = dates_of("completed_on", "verified_on")


def _said_to_be_live(facts: Facts) -> Q:
    """Claimed as completed, or its go-live is on record."""
    live = Milestone.objects.filter(
        obligation=OuterRef(facts.key), stage=Stage.LIVE, reached_on__lte=facts.as_of
    )
    return Q(status__in=CLAIMED) | Q(Exists(live))


def _down(facts: Facts) -> Exists:
    rows = Endpoint.objects.filter(obligation=OuterRef(facts.key), retired_at=None)
    return Exists(rows.filter(state=Endpoint.State.DOWN))


def _with_endpoint(ids: Sequence[int], on: dt.date) -> Seen:
    """When it was claimed and went live, and the endpoint that has been down the longest."""
    seen = {pk: dict(facts) for pk, facts in _dates(ids, on).items()}
    live = Milestone.objects.filter(obligation__in=ids, stage=Stage.LIVE, reached_on__isnull=False)
    for pk, day in live.values_list("obligation", "reached_on"):
        seen[pk]["live_on"] = plain(day)
    down = Endpoint.objects.filter(
        obligation__in=ids, retired_at=None, state=Endpoint.State.DOWN, state_since__isnull=False
    )
    for one in down.order_by("-state_since", "-pk"):
        since = timezone.localtime(one.state_since).strftime("%Y-%m-%d %H:%M")
        seen[one.obligation_id] |= {"endpoint": one.name, "since": since, "why": _why(one)}
    return seen


def _why(endpoint: Endpoint) -> str:
    """The first error word of the fall, by its code."""
    fall = StateChange.objects.filter(endpoint=endpoint).order_by("-at", "-pk").first()
    return plain(fall.why if fall else "")


LIVE_BUT_DOWN = Contradiction(
    code="live_but_down",
    label=_("Live, but its endpoint does not answer"),
    weight=100,
    claim=_(
        "Live since %(live_on)s, claimed as completed on %(completed_on)s, verified on "
        "%(verified_on)s."
    ),
    found=_("“%(endpoint)s” has not answered as expected since %(since)s: %(why)s"),
    expected=_(
        "Bring the endpoint up again, or correct its address; two good answers settle it by "
        "themselves."
    ),
    applies=lambda facts: (
        applicable(facts.as_of)
        & Q(**{facts.of("duty"): Duty.CONNECT})
        & _said_to_be_live(facts)
        & Q(_down(facts))
    ),
    facts=_with_endpoint,
    words={"why": label_of},
)

CONTRADICTIONS = (LIVE_BUT_DOWN,)
