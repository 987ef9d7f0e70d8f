"""The first page of each role."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import signed_in
from accounts.models import Role, User
from obligations import desk, explaining, freshness, indicators, overview
from obligations.evidence_forms import DeskClaimForm
from obligations.lateness import lateness
from obligations.listing import LIGHTS
from obligations.models import ContradictionCase
from obligations.templatetags.qingdan import light_word
from obligations.today import past_day_of, today
from obligations.views import past

ELSEWHERE = {
    Role.SYSTEM_ADMINISTRATOR: "jobs:operations",
    Role.SECURITY_ADMINISTRATOR: "accounts:grants",
    Role.AUDITOR: "accounts:audit",
}


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where the user's day begins."""
    user = signed_in(request)
    if user.role in ELSEWHERE:
        return redirect(ELSEWHERE[Role(user.role)])
    on = past_day_of(request.GET.get("on", ""))
    if user.role in user.SCOPED and on < today():
        return past.home(request, on=on)
    if user.role == Role.COORDINATOR:
        return render(request, "obligations/home_coordinator.html", _coordinator(user))
    if user.role == Role.LEADER:
        return render(request, "obligations/home_leader.html", _leader(user))
    if user.role in user.OF_A_DEPARTMENT:
        return render(request, "obligations/home_department.html", _department(request, user))
    return render(request, "obligations/home_without_role.html")


def _overall(user: User) -> dict[str, Any]:
    on = today()
    lines = overview.by_department(overview.own_obligations(user), on=on)
    counts = overview.total_of(lines)
    return {
        "on": on,
        "today": on,
        "lateness": lateness(on),
        "freshness": freshness.for_user(user, on=on),
        "lines": lines,
        "counts": counts,
        "by_light": [(light, getattr(counts, light)) for light in LIGHTS],
        "chart": overview.lights_chart(lines, words={code: light_word(code) for code in LIGHTS}),
    }


def _coordinator(user: User) -> dict[str, Any]:
    queue = overview.coordinators_queue(user, on=today())
    rows = [*queue["to_verify"], *queue["overdue"]]
    explained = explaining.of_many(rows, fields=["due_on", "decide_by"])
    return {**_overall(user), **queue, "explained": explained}


def _leader(user: User) -> dict[str, Any]:
    days = overview.trend(user, on=today())
    names = {"completion": _("Completion rate"), "on_time": _("On-time rate")}
    return {**_overall(user), "days": days, "trend": overview.trend_chart(days, **names)}


def _department(request: HttpRequest, user: User) -> dict[str, Any]:
    on = today()
    counts = indicators.count(overview.own_obligations(user).select_related(None), on=on)
    asked = {name: request.GET.get(name, "") for name in ("section", "page")}
    looked = desk.look(user, on=on, **asked)
    rows = [line.obligation for line in looked.lines]
    return {
        "desk": looked,
        "contradictions": ContradictionCase.objects.visible_to(user).open().count(),
        "blank_claim": DeskClaimForm(deed="claim-0"),
        "asking": desk.rounds_asking(user, on=on),
        "notices": overview.notice_lines(user, waiting=True, limit=overview.ROWS_SHOWN),
        "explained": explaining.of_many(rows, fields=["due_on"]),
        "on": on,
        "lateness": lateness(on),
        "freshness": freshness.for_user(user, on=on),
        "counts": counts,
        "by_light": [(light, getattr(counts, light)) for light in LIGHTS],
    }
