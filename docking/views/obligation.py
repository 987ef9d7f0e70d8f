"""The docking page of one obligation: plan and reach stages, name endpoints, announce windows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import User
from accounts.versions import require_version_field
from docking import endpoints, maintenance, milestones, panels, stages
from docking.forms import EndpointForm, PlanForm, ReachForm, StageForm, WindowForm
from docking.models import MaintenanceWindow, Stage
from docking.models.milestones import ORDER
from docking.steps import docked, of
from obligations.models import Obligation
from obligations.today import today

_OVER_SHOWN = 10


@require_GET
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(signed_in(request), pk))


@require_GET
@for_verb("read")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the obligation's own page, fetched when that page stands."""
    row = _find(signed_in(request), pk)
    context = {"obligation": row, "panel": panels.standing_of(row, on=today())}
    return render(request, "docking/partials/panel.html", context)


@require_POST
@for_verb("plan_milestones")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    row, about = _write(request, pk)
    form = PlanForm(request.POST, steps=of(row))

    def act() -> None:
        milestones.plan(row, plan=form.plan(), **about)

    return _do(request, row, act, form=form, name="plan_form", done=_("The plan is saved."))


@require_POST
@for_verb("plan_milestones")
def plan_by_default(request: HttpRequest, pk: int) -> HttpResponse:
    row, about = _write(request, pk)
    act = partial(milestones.plan_by_default, row, **about)
    return _do(request, row, act, done=_("Planned evenly until the due date."))


@require_POST
@for_verb("reach_milestone")
def reach(request: HttpRequest, pk: int) -> HttpResponse:
    row, about = _write(request, pk)
    form = ReachForm(request.POST)

    def act() -> None:
        milestones.reach(row, **about, **form.cleaned_data)

    return _do(request, row, act, form=form, name="reach_form", done=_("Put on record."))


@require_POST
@for_verb("reach_milestone")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row, about = _write(request, pk)
    form = StageForm(request.POST)

    def act() -> None:
        milestones.take_back(row, **about, **form.cleaned_data)

    return _do(request, row, act, form=form, name="stage_form", done=_("Taken back."))


@require_POST
@for_verb("keep_endpoints")
def add_endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    row, form = _find(by, pk), EndpointForm(request.POST)

    def act() -> None:
        endpoints.add(row, by=by, **form.cleaned_data)

    said = _("Named. It is probed once its host and port are allowed.")
    return _do(request, row, act, form=form, name="endpoint_form", done=said)


@require_POST
@for_verb("keep_maintenance")
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    row, form = _find(by, pk), WindowForm(request.POST)

    def act() -> None:
        maintenance.announce(row, by=by, now=timezone.now(), **form.cleaned_data)

    said = _("Announced: in this time nothing is probed and nothing is counted.")
    return _do(request, row, act, form=form, name="window_form", done=said)


def _write(request: HttpRequest, pk: int) -> tuple[Obligation, dict[str, Any]]:
    """What is written to; by whom, on which day and on the sight of which version."""
    by = signed_in(request)
    row = _find(by, pk)
    return row, {"by": by, "on": today(), "version": require_version_field(request.POST)}


def _find(user: User, pk: int) -> Obligation:
    rows = docked(Obligation.objects.visible_to(user))
    return get_object_or_404(rows.select_related("item__list", "department"), pk=pk)


def _do(
    request: HttpRequest,
    row: Obligation,
    act: Callable[[], None],
    *,
    done: str,
    form: forms.Form | None = None,
    name: str = "",
) -> HttpResponse:
    """Act and come back; after a refusal the present state, with what was filled in."""
    more = {name: form} if form else {}
    if form is not None and not form.is_valid():
        return _show(request, row, status=422, **more)
    try:
        act()
    except RuleViolation as refusal:
        shown = _find(signed_in(request), row.pk)
        return _show(request, shown, status=409, refusal=refusal, **more)
    messages.success(request, done)
    return redirect("docking:obligation", row.pk)


def _show(request: HttpRequest, row: Obligation, *, status: int = 200, **more: Any) -> HttpResponse:
    user, on = signed_in(request), today()
    steps = of(row)
    due, last = stages.next_open(steps, ORDER), stages.last_reached(steps, ORDER)
    now = timezone.now()
    windows = MaintenanceWindow.objects.standing().filter(obligation=row)
    context = {
        "stages_panel": panels.standing_of(row, on=on),
        "obligation": row,
        "due": Stage(due) if due else None,
        "last": Stage(last) if last else None,
        "may_plan": permissions.may(user, "plan_milestones"),
        "may_reach": permissions.may(user, "reach_milestone"),
        "may_keep": permissions.may(user, "keep_endpoints"),
        "plan_form": PlanForm(steps=steps),
        "reach_form": ReachForm(initial={"stage": due, "reached_on": on}),
        "endpoint_form": EndpointForm(auto_id="endpoint-%s"),
        "window_form": WindowForm(auto_id="window-%s"),
        "windows": windows.order_by("-ends_at").select_related("added_by")[:_OVER_SHOWN],
        "now": now,
        **more,
    }
    return render(request, "docking/obligation.html", context, status=status)
