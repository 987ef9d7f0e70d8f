"""From which states a report's verbs may start. A published report's figures never change."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from reports.models import Snapshot

_State = Snapshot.State

STARTS: Mapping[str, frozenset[str]] = {
    "review_report": frozenset({_State.DRAFT}),
    "send_back_report": frozenset({_State.REVIEWED}),
    "publish_report": frozenset({_State.REVIEWED}),
    "withdraw_report": frozenset({_State.PUBLISHED}),
    # What was reviewed is what is published: scores come to a draft, or not at all.
    "tie_scores": frozenset({_State.DRAFT}),
    "untie_scores": frozenset({_State.DRAFT}),
    # Its figures stay; the scores come to it once they are out.
    "remake_workbook": frozenset({_State.DRAFT, _State.REVIEWED}),
}


def require_draft(snapshot: Snapshot) -> None:
    """Raise RuleViolation where lines would be written into what people have decided on."""
    if snapshot.state != _State.DRAFT:
        raise RuleViolation(_("A report that was reviewed or published never changes."))
