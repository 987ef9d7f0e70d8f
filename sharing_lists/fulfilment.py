"""The checks of data sharing."""

from __future__ import annotations

from django.db.models import Q, Value, When
from django.utils.translation import gettext_lazy as _

from obligations.checks import Check, outcome
from obligations.models import Duty, Status
from obligations.models.obligation import applicable

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

CHECKS = (NAMES_ITS_CATALOGUE_ENTRY,)
