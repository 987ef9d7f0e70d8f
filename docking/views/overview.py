"""All docking obligations of the own scope: stages, endpoints, availability."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from docking import availability, milestones, stages
from docking.models import Endpoint
from docking.steps import docked, of_many
from obligations import paging
from obligations.models import Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.today import today


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    """In pages, the earliest due date first; or only those behind, down or without a plan."""
    user, on = signed_in(request), today()
    rows = docked(Obligation.objects.visible_to(user).exclude(status__in=["draft", "withdrawn"]))
    parts = _parts(rows, on=on)
    shown = request.GET.get("show", "")
    found = parts.get(shown, rows)
    page = paging.page(
        found, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    may_plan = permissions.may(user, "plan_milestones")
    context = {
        "page": page,
        "lines": _lines(page.rows, on=on),
        "shown": shown if shown in parts else "",
        "counts": {name: part.count() for name, part in parts.items()},
        "count": rows.count(),
        "on": on,
        "stopped_since": availability.stopped_since(),
        "may_plan": may_plan,
        "hide_department": user.role in user.OF_A_DEPARTMENT,
    }
    return render(request, "docking/index.html", context)


@require_POST
@for_verb("plan_milestones")
def plan_all(request: HttpRequest) -> HttpResponse:
    """The default plan for all that have none; it overwrites nothing."""
    user = signed_in(request)
    rows = Obligation.objects.visible_to(user)
    count = milestones.plan_all_by_default(rows, by=user, on=today())
    messages.success(request, _("Planned by default: %(count)s obligations.") % {"count": count})
    return redirect("docking:list")


def _parts(rows: ObligationQuerySet, *, on: dt.date) -> dict[str, ObligationQuerySet]:
    """What the page may be narrowed to."""
    down = Endpoint.objects.filter(obligation=OuterRef("pk"), retired_at=None, state="down")
    return {
        "behind": rows.filter(next_milestone_on__lt=on, completed_on=None),
        "down": rows.filter(Exists(down)),
        "unplanned": milestones.unplanned(rows, on=on),
    }


def _lines(rows: list[Obligation], *, on: dt.date) -> list[dict[str, Any]]:
    keys = [row.pk for row in rows]
    steps = of_many(keys)
    available = availability.of_obligations(keys, on=on)
    states: dict[int, dict[str, int]] = defaultdict(dict)
    counted = Endpoint.objects.filter(obligation__in=keys, retired_at=None)
    for key, state, count in counted.values_list("obligation", "state").annotate(Count("pk")):
        states[key][state] = count
    return [
        {
            "row": row,
            "steps": list(steps[row.pk].values()),
            "is_planned": any(step.pk for step in steps[row.pk].values()),
            "progress": stages.progress(steps[row.pk].values(), on=on),
            "states": states.get(row.pk, {}),
            "availability": available[row.pk],
        }
        for row in rows
    ]
