"""The checks of system docking."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from docking.models import Endpoint, Milestone, StateChange
from obligations.checks import CLAIMED, Check, Facts, outcome
from obligations.models import Duty, Obligation
from obligations.models.obligation import applicable
from obligations.today import date_of, end_of

SHOWS_IT_IS_LIVE = Check(
    code="shows_it_is_live",
    label=_("Shows that it is live"),
    source=_("A docking claim names the interface or page that is live (rule of this office)"),
    applies=lambda facts: (
        applicable(facts.as_of) & Q(status__in=CLAIMED, **{facts.of("duty"): Duty.CONNECT})
    ),
    outcome=lambda facts: outcome(
        When(facts.has_evidence_of("interface", "link"), then=Value("pass")), default="fail"
    ),
    sentences={
        "pass": _("The claim names an interface code or a link."),
        "fail": _("The claim names neither an interface code nor a link: add one of them."),
    },
)


_State = Endpoint.State


def _endpoints(facts: Facts) -> Any:
    """The endpoints of a row at the end of the day, each with the state it then had."""
    end = end_of(facts.as_of)
    changes = StateChange.objects.filter(endpoint=OuterRef("pk"), at__lt=end).order_by("-at", "-pk")
    rows = Endpoint.objects.filter(obligation=OuterRef(facts.key), added_at__lt=end)
    kept = rows.filter(Q(retired_at=None) | Q(retired_at__gte=end))
    then = Coalesce(Subquery(changes.values("state")[:1]), Value(_State.UNKNOWN.value))
    return kept.annotate(state_then=then)


def _milestones(facts: Facts) -> Any:
    """The stages of a row that are needed and planned."""
    rows = Milestone.objects.filter(obligation=OuterRef(facts.key), not_needed="")
    return rows.filter(planned_on__isnull=False)


def _unreached(facts: Facts) -> Any:
    later = Q(reached_on=None) | Q(reached_on__gt=facts.as_of)
    return _milestones(facts).filter(later)


def _connects(facts: Facts) -> Q:
    return applicable(facts.as_of) & Q(**{facts.of("duty"): Duty.CONNECT})


def _states(obligation: Obligation, on: dt.date) -> Sequence[str]:
    """Each endpoint, how it stands, and since when."""
    rows = Endpoint.objects.filter(obligation=obligation, retired_at=None).order_by("pk")[:5]
    return [
        f"{one.name} {one.get_state_display()} "
        f"{date_of(one.state_since).isoformat() if one.state_since else ''}".strip()
        for one in rows
    ]


def _stages(obligation: Obligation, on: dt.date) -> Sequence[str]:
    """The stages with their planned and actual days."""
    rows = Milestone.objects.filter(obligation=obligation, not_needed="").order_by("pk")
    return [
        f"{one.get_stage_display()} {one.planned_on.isoformat()}"
        + (f" → {one.reached_on.isoformat()}" if one.reached_on else "")
        for one in rows
        if one.planned_on
    ]


ENDPOINT_ANSWERS = Check(
    code="endpoint_answers",
    label=_("Its endpoints answer"),
    source=_("What was opened keeps running (Decree 809, Art. 27); seen by probes"),
    applies=lambda facts: _connects(facts) & Q(status__in=CLAIMED) & Q(Exists(_endpoints(facts))),
    outcome=lambda facts: outcome(
        When(Exists(_endpoints(facts).filter(state_then=_State.DOWN)), then=Value("fail")),
        When(~Exists(_endpoints(facts).exclude(state_then=_State.UP)), then=Value("pass")),
        When(Exists(_endpoints(facts).filter(state_then=_State.UP)), then=Value("warn")),
        default="cannot_tell",
    ),
    sentences={
        "pass": _("Every endpoint answers as expected."),
        "warn": _("Some endpoints answer; of others nothing is known."),
        "fail": _("An endpoint did not answer as expected three times in a row."),
        "cannot_tell": _(
            "Nothing is known of its endpoints: no probe was made, or none could tell."
        ),
    },
    evidence=_states,
)
MILESTONES_REACHED = Check(
    code="milestones_reached",
    label=_("Its stages are reached as planned"),
    source=_("The department's own plan of the stages (rule of this office)"),
    applies=lambda facts: _connects(facts) & Q(Exists(_milestones(facts))),
    outcome=lambda facts: outcome(
        When(Exists(_unreached(facts).filter(planned_on__lt=facts.as_of)), then=Value("fail")),
        When(~Exists(_unreached(facts)), then=Value("pass")),
        default="not_yet_due",
    ),
    sentences={
        "pass": _("Every planned stage is reached."),
        "fail": _("The planned day of a stage has passed, and it is not reached."),
        "not_yet_due": _("The next stage is not due yet."),
    },
    rests_on=("next_milestone_on",),
    evidence=_stages,
)

CHECKS = (SHOWS_IT_IS_LIVE, ENDPOINT_ANSWERS, MILESTONES_REACHED)
