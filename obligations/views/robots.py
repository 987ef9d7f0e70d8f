"""Message robots: the system administrator adds them, coordinators open them to departments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import for_verb, signed_in
from accounts.forms import carried_out
from accounts.versions import require_version_field
from obligations.models import Delivery, ReminderDay, WebhookHost, WebhookTarget
from obligations.reminder_forms import HostForm, KeysForm, OpenForm, TargetForm
from obligations.reminding import choices, robots
from obligations.reminding.robots import Keys
from obligations.today import today

DAYS_SHOWN = 10
FAILED_SHOWN = 100


@require_GET
@for_verb("manage_robots")
def operations(request: HttpRequest) -> HttpResponse:
    """How reminders were sent lately, what failed, and where posts may go."""
    return _show(request)


@require_POST
@for_verb("manage_robots")
def allow(request: HttpRequest) -> HttpResponse:
    form, by = HostForm(request.POST), signed_in(request)
    if carried_out(form, lambda: robots.allow_host(by=by, **form.cleaned_data)):
        messages.success(request, _("Posts to this host are allowed now."))
        return redirect("obligations:robots")
    return _show(request, host=form, status=422)


@require_POST
@for_verb("manage_robots")
def forbid(request: HttpRequest, pk: int) -> HttpResponse:
    robots.forbid_host(get_object_or_404(WebhookHost, pk=pk), by=signed_in(request))
    messages.success(request, _("Nothing is posted to this host any more."))
    return redirect("obligations:robots")


@require_POST
@for_verb("manage_robots")
def add(request: HttpRequest) -> HttpResponse:
    form, by = TargetForm(request.POST), signed_in(request)
    if carried_out(form, lambda: _add(form, by=by)):
        messages.success(request, _("The robot is added. Coordinators now open it to departments."))
        return redirect("obligations:robots")
    return _show(request, target=form, status=422)


@require_POST
@for_verb("manage_robots")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch on or off, or replace address and secret."""
    row, by = get_object_or_404(WebhookTarget, pk=pk), signed_in(request)
    version = require_version_field(request.POST)
    keys = None
    if request.POST.get("url"):
        form = KeysForm(request.POST)
        if not form.is_valid():
            return _show(request, refused=form, status=422)
        keys = Keys(**form.cleaned_data)
    in_use = request.POST.get("in_use") == "yes"
    robots.change(row, in_use=in_use, keys=keys, by=by, version=version)
    messages.success(request, _("Saved."))
    return redirect("obligations:robots")


@require_POST
@for_verb("manage_robots")
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test message, and say what became of it."""
    row, by = get_object_or_404(WebhookTarget, pk=pk), signed_in(request)
    version = require_version_field(request.POST)
    failure = robots.try_out(row, by=by, on=today(), version=version)
    if failure:
        said = _("The test message was not taken: %(why)s") % {"why": failure}
        messages.error(request, said)
    else:
        messages.success(request, _("“%(name)s” took the test message.") % {"name": row.name})
    return redirect("obligations:robots")


@require_POST
@for_verb("manage_robots")
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    robots.retry(get_object_or_404(Delivery, pk=pk), by=signed_in(request))
    messages.success(request, _("It is on its way again."))
    return redirect("obligations:robots")


@require_GET
@for_verb("open_robots")
def offered(request: HttpRequest) -> HttpResponse:
    """For coordinators: which robot is open to whom."""
    by = signed_in(request)
    targets = WebhookTarget.objects.visible_to(by).order_by("name")
    lines = [(target, OpenForm(target=target, by=by)) for target in targets]
    return render(request, "obligations/robots_offered.html", {"lines": lines})


@require_POST
@for_verb("open_robots")
def open_to(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    target = get_object_or_404(WebhookTarget.objects.visible_to(by), pk=pk)
    version = require_version_field(request.POST)
    form = OpenForm(request.POST, target=target, by=by)
    if form.is_valid():
        choices.open_target(target, by=by, version=version, **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("One of the departments is not in your scope."))
    return redirect("obligations:robots-offered")


def _add(form: TargetForm, **about: Any) -> None:
    said = form.cleaned_data
    keys = Keys(said["url"], said["secret"])
    robots.add(said["name"], kind=said["kind"], keys=keys, **about)


def _show(
    request: HttpRequest,
    *,
    host: forms.Form | None = None,
    target: forms.Form | None = None,
    refused: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    days = list(ReminderDay.objects.order_by("-day")[:DAYS_SHOWN])
    counted: Any = Delivery.objects.filter(digest__day__in=[one.day for one in days])
    by_day: dict[Any, dict[str, int]] = {}
    for day, state, count in counted.values_list("digest__day", "state").annotate(Count("pk")):
        shown = "waiting" if state in Delivery.WAITING else state
        told = by_day.setdefault(day, {})
        told[shown] = told.get(shown, 0) + count
    failed = Delivery.objects.filter(state=Delivery.State.FAILED).order_by("-pk")
    context = {
        "days": [(one, by_day.get(one.day, {})) for one in days],
        "failed": failed.select_related("digest__user", "target")[:FAILED_SHOWN],
        "unsure_count": counted.filter(unsure_count__gt=0).count(),
        "hosts": WebhookHost.objects.order_by("host", "port"),
        "targets": WebhookTarget.objects.order_by("name"),
        "host_form": host or HostForm(),
        "target_form": target or TargetForm(),
        "keys_form": KeysForm(auto_id=False),
        "refused": refused,
    }
    return render(request, "obligations/robots.html", context, status=status)
