"""Checks of fulfilment: who was checked for a day, and asking for another check."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import Department, User
from jobs.models import Job
from obligations import checking, findings, freshness
from obligations.models import CheckResult, DepartmentCheck, Obligation
from obligations.today import day_of, past_day_of, today

# Outcomes in the order of the table of checks.
_Outcome = CheckResult.Outcome
SHOWN = (
    *(_Outcome.PASS, _Outcome.WARN, _Outcome.FAIL),
    *(_Outcome.CANNOT_TELL, _Outcome.NOT_YET_DUE, _Outcome.NOT_APPLICABLE),
)


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    """Department by department; “not checked” is neither passed nor failed."""
    return _show(request, on=past_day_of(request.GET.get("on", "")))


@require_POST
@for_verb("run_checks")
def run(request: HttpRequest) -> HttpResponse:
    """Ask for a check of the day; the page shows how far it is."""
    on = day_of(request.POST.get("on", "")) or today()
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
        "checks": _checks(user, on=None if on == today() else on),
        "any_failure": f"{findings.ANY}.{_Outcome.FAIL}",
        "may_run": permissions.may(user, "run_checks"),
        "freshness": freshness.for_user(user, on=today()),
        "job": jobs.first() if "asked" in request.GET else jobs.live().first(),
    }
    return render(request, "obligations/checks.html", context, status=409 if refusal else 200)


def _checks(user: User, *, on: dt.date | None) -> list[tuple[Any, ...]]:
    """Every check with its kind, its rule, and how many rows have which outcome on the day."""
    rows = Obligation.objects.visible_to(user).filter(external=False)
    counted = findings.tally(rows, on=on)
    return [
        (check, kind, [(word, counted[check.code].get(word.value, 0)) for word in SHOWN])
        for kind, check in findings.listed()
    ]
