"""The system administrator's page: where this installation may probe, and when it does not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import for_verb, signed_in
from accounts.forms import carried_out
from accounts.versions import require_version_field
from docking import hosts, maintenance
from docking.forms import HostForm, WindowForm
from docking.models import AllowedHost, MaintenanceWindow

_SHOWN = 200


@require_http_methods(["GET", "POST"])
@for_verb("allow_probing")
def index(request: HttpRequest) -> HttpResponse:
    """Allowed and withdrawn hosts, what departments wait for, and the form for a further one."""
    by = signed_in(request)
    if request.method == "GET":
        wish = {name: request.GET.get(name, "") for name in ("host", "port")}
        return _show(request, host_form=HostForm(initial=wish))
    form = HostForm(request.POST)
    if carried_out(form, lambda: hosts.allow(by=by, **form.cleaned_data)):
        messages.success(request, _("Allowed: it is probed from the next round on."))
        return redirect("docking:hosts")
    return _show(request, host_form=form, status=422)


@require_POST
@for_verb("allow_probing")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(AllowedHost, pk=pk)
    version = require_version_field(request.POST)
    hosts.withdraw(row, by=signed_in(request), version=version)
    messages.success(request, _("Taken off the list: nothing there is probed any more."))
    return redirect("docking:hosts")


@require_POST
@for_verb("allow_probing")
def pause(request: HttpRequest) -> HttpResponse:
    """A maintenance window of all probing."""
    form, by = WindowForm(request.POST), signed_in(request)
    now = timezone.now()
    if carried_out(form, lambda: maintenance.announce(None, by=by, now=now, **form.cleaned_data)):
        messages.success(request, _("Announced: in this time nothing is probed at all."))
        return redirect("docking:hosts")
    return _show(request, window_form=form, status=422)


def _show(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    allowed = AllowedHost.objects.select_related("added_by", "withdrawn_by")
    windows = MaintenanceWindow.objects.standing().filter(obligation=None)
    context = {
        "allowed": allowed.in_force().order_by("host", "port"),
        "withdrawn": allowed.exclude(withdrawn_at=None).order_by("-withdrawn_at")[:_SHOWN],
        "wished": hosts.wished()[:_SHOWN],
        "windows": windows.order_by("-ends_at").select_related("added_by")[:_SHOWN],
        "host_form": HostForm(),
        "window_form": WindowForm(auto_id="window-%s"),
        "now": timezone.now(),
        "may_keep": True,
        **more,
    }
    return render(request, "docking/hosts.html", context, status=status)
