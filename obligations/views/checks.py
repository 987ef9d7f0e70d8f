"""Checks of fulfilment: who was checked for a day, and asking for another check."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import Department
from jobs.models import Job
from obligations import checking
from obligations.models import DepartmentCheck, Obligation
from obligations.today import today


@require_GET
@for_verb("run_checks")
def index(request: HttpRequest) -> HttpResponse:
    """Department by department; “not checked” is neither passed nor failed."""
    return _show(request, on=_day(request.GET.get("on", "")))


@require_POST
@for_verb("run_checks")
def run(request: HttpRequest) -> HttpResponse:
    """Ask for a check of the day; the page shows how far it is."""
    on = _day(request.POST.get("on", ""))
    try:
        checking.request(by=signed_in(request), on=on, today=today())
    except RuleViolation as refusal:
        return _show(request, on=today(), refusal=refusal)
    return redirect(f"{reverse('obligations:checks')}?on={on.isoformat()}&asked=1")


def _show(
    request: HttpRequest, *, on: dt.date, refusal: RuleViolation | None = None
) -> HttpResponse:
    user = signed_in(request)
    owing = Obligation.objects.visible_to(user).filter(external=False).values("department_id")
    departments = Department.objects.filter(pk__in=owing).order_by("position", "pk")
    found = {one.department_id: one for one in DepartmentCheck.objects.filter(day=on)}
    jobs = Job.objects.visible_to(user).filter(kind="obligations.check").order_by("-pk")
    context = {
        "on": on,
        "today": today(),
        "refusal": refusal,
        "lines": [(one, found.get(one.pk)) for one in departments],
        "job": jobs.first() if "asked" in request.GET else jobs.live().first(),
    }
    return render(request, "obligations/checks.html", context, status=409 if refusal else 200)


def _day(text: str) -> dt.date:
    try:
        return parse_date(text) or today()
    except ValueError:
        return today()
