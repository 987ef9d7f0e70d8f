"""What home pages say about statements of scores, and what their parts are called."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Count, Q
from django.template import Context

from accounts.models import User
from obligations.models import ScoreStatement

register = template.Library()


@register.inclusion_tag("obligations/partials/score_notes.html", takes_context=True)
def score_notes(context: Context) -> dict[str, Any]:
    """Statements that are open for objections; for who rules, how many objections wait."""
    user = context.get("user")
    if not isinstance(user, User):
        return {"statements": []}
    waiting = Q(sheets__lines__objections__outcome="")
    if user.role in user.OF_A_DEPARTMENT:
        waiting &= Q(sheets__department=user.department_id)
    found = ScoreStatement.objects.visible_to(user).filter(state=ScoreStatement.State.OPENED)
    counted = found.annotate(waiting_count=Count("sheets__lines__objections", filter=waiting))
    return {"statements": counted.order_by("-as_of")[:3]}
