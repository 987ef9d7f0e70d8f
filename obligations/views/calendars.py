"""The working-day calendar, for the system administrator: years, and a year from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import calendar_files, calendar_loading
from obligations.calendar_files import FileProblems
from obligations.models import CalendarDay, CalendarLoad, Recount
from obligations.rule_forms import CalendarForm
from obligations.today import today
from obligations.views.versions import require_version_field

LOADS_SHOWN = 20


@require_http_methods(["GET", "POST"])
@for_verb("manage_calendar")
def index(request: HttpRequest) -> HttpResponse:
    """Years with source and state; a file is read, and then shown before it counts."""
    if request.method == "GET":
        return _show(request, CalendarForm(initial={"year": today().year + 1}))
    form = CalendarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    known = form.cleaned_data
    try:
        load = calendar_loading.receive(
            known["file"],
            name=known["file"].name,
            year=known["year"],
            region=known["region"],
            provisional=known["state"] == "provisional",
            source=known["source"],
            by=signed_in(request),
        )
    except FileProblems as refused:
        return _show(request, form, problems=refused.problems, status=422)
    except RuleViolation as refusal:
        return _show(request, form, refusal=refusal, status=409)
    return redirect("obligations:calendar-load", load.pk)


@require_GET
@for_verb("manage_calendar")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file says differently; what happened to the dates once it is in force."""
    return _show_load(request, get_object_or_404(CalendarLoad, pk=pk))


@require_POST
@for_verb("manage_calendar")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    load = get_object_or_404(CalendarLoad, pk=pk)
    version = require_version_field(request.POST)
    try:
        calendar_loading.confirm(load, by=signed_in(request), version=version)
    except RuleViolation as refusal:
        return _show_load(request, get_object_or_404(CalendarLoad, pk=pk), refusal=refusal)
    messages.success(request, _("The calendar is in force; dates that it touches are recounted."))
    return redirect("obligations:calendar-load", pk)


@require_POST
@for_verb("manage_calendar")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    load = get_object_or_404(CalendarLoad, pk=pk)
    version = require_version_field(request.POST)
    try:
        calendar_loading.discard(load, by=signed_in(request), version=version)
    except RuleViolation as refusal:
        return _show_load(request, get_object_or_404(CalendarLoad, pk=pk), refusal=refusal)
    messages.success(request, _("Discarded; the calendar stays as it is."))
    return redirect("obligations:calendar")


@require_GET
@for_verb("manage_calendar")
def sample(request: HttpRequest) -> HttpResponse:
    """The layout of a file, with a few days of an example."""
    name = content_disposition_header(True, "工作日历-示例.csv") or ""
    text = f"\ufeff{calendar_files.SAMPLE}"
    return HttpResponse(
        text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )


def _show(
    request: HttpRequest, form: CalendarForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    days = CalendarDay.objects.values("day__year", "region__name")
    years = days.annotate(
        holidays=Count("pk", filter=Q(is_workday=False)),
        workdays=Count("pk", filter=Q(is_workday=True)),
        guessed=Count("pk", filter=Q(provisional=True)),
        origin=Max("source"),
    )
    loads = CalendarLoad.objects.select_related("region", "read_by", "recount").order_by("-pk")
    context = {
        "form": form,
        "years": years.order_by("-day__year", "region__name"),
        "loads": loads[:LOADS_SHOWN],
        **more,
    }
    return render(request, "obligations/calendar.html", context, status=status)


def _show_load(
    request: HttpRequest, load: CalendarLoad, *, refusal: RuleViolation | None = None
) -> HttpResponse:
    recount = Recount.objects.filter(load=load).first()
    waiting = load.state == CalendarLoad.State.READ
    context = {
        "load": load,
        "differences": calendar_loading.differences(load) if waiting else [],
        "waiting": waiting,
        "touched": calendar_loading.touched(load) if waiting else 0,
        "recount": recount,
        "refusal": refusal,
    }
    return render(
        request, "obligations/calendar_load.html", context, status=409 if refusal else 200
    )
