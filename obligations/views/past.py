"""Past days: the first page of coordinators and leaders, one obligation, and what stands above."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import signed_in
from accounts.models import AuditEntry, User
from obligations import as_it_was, freshness, late_records, overview
from obligations.late_records import Later
from obligations.lateness import lateness
from obligations.listing import LIGHTS
from obligations.models import Obligation, Status
from obligations.templatetags.qingdan import light_word
from obligations.today import today

HISTORY_SHOWN = 200
STEPS: list[Status] = [status for status in Status if status != Status.WITHDRAWN]
_REQUESTS = ("blocks", "extensions", "exemptions", "objections")


def above(user: User, on: dt.date | None) -> Later | None:
    """What stands above the page of a past day, with what was recorded since of what the user may
    see; None is today."""
    if on is None or on >= today():
        return None
    return late_records.told(Obligation.objects.visible_to(user), on=on)


def home(request: HttpRequest, *, on: dt.date) -> HttpResponse:
    """Figures and lights by department as they were; nothing waits there for anybody."""
    user = signed_in(request)
    lines = overview.by_department(overview.own_obligations(user), on=on, today=today())
    counts = overview.total_of(lines)
    context = {
        "on": on,
        "past": above(user, on),
        "today": today(),
        "freshness": freshness.for_user(user, on=on),
        "lines": lines,
        "counts": counts,
        "by_light": [(light, getattr(counts, light)) for light in LIGHTS],
        "chart": overview.lights_chart(lines, words={code: light_word(code) for code in LIGHTS}),
    }
    return render(request, "obligations/home_past.html", context)


def detail(request: HttpRequest, row: Obligation, *, on: dt.date) -> HttpResponse:
    """One obligation as it was; a department never sees a draft of its own."""
    user = signed_in(request)
    known = as_it_was.put_back([row], on=on)
    as_it_was.put_back_people(row, on=on)
    if not known or (user.role in user.OF_A_DEPARTMENT and row.status == "draft"):
        raise Http404
    later = late_records.told(Obligation.objects.filter(pk=row.pk), on=on)
    context = {
        "obligation": row,
        "on": on,
        "past": later,
        "today": today(),
        "lateness": lateness(on),
        "evidence": [one for one in row.evidence.all() if one.added_on <= on],
        **_requests(row, on=on),
        "history": _history(row, on=on),
        "steps": steps(row),
    }
    return render(request, "obligations/detail_past.html", context)


def _requests(row: Obligation, *, on: dt.date) -> dict[str, list[Any]]:
    found = {}
    for name in _REQUESTS:
        beside = ("external_obligation__department",) if name == "blocks" else ()
        asked = getattr(row, name).select_related("asked_by", "decided_by", *beside)
        found[name] = as_it_was.undecided(asked.order_by("-pk"), on=on)
    return found


def _history(row: Obligation, *, on: dt.date) -> list[tuple[AuditEntry, User | None]]:
    """What had taken effect by the day, whenever it was recorded."""
    entries = AuditEntry.objects.of("obligations.obligation", row.pk)
    found = list(late_records.in_effect(entries, on=on).reverse()[:HISTORY_SHOWN])
    people = User.objects.in_bulk({one.user_id for one in found if one.user_id})
    return [(one, people.get(one.user_id or 0)) for one in found]


def steps(row: Obligation) -> list[dict[str, Any]]:
    """The way of an obligation, and how far it has come."""
    if row.status not in STEPS:
        return []
    at = STEPS.index(Status(row.status))
    verified = row.status == Status.VERIFIED
    states = ["done" if place < at or verified else "" for place in range(len(STEPS))]
    if not verified:
        states[at] = "now"
    return [
        {"label": status.label, "state": state} for status, state in zip(STEPS, states, strict=True)
    ]
