"""The checks of system docking."""

from __future__ import annotations

from django.db.models import Q, Value, When
from django.utils.translation import gettext_lazy as _

from obligations.checks import CLAIMED, Check, outcome
from obligations.models import Duty
from obligations.models.obligation import applicable

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

CHECKS = (SHOWS_IT_IS_LIVE,)
