"""Maintenance windows: those ahead, those in force, those that are over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.versions import require_version_field
from docking import maintenance
from docking.models import MaintenanceWindow

_SHOWN = 200


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    found = MaintenanceWindow.objects.visible_to(user).standing()
    found = found.select_related("obligation__item", "obligation__department", "added_by")
    context = {
        "windows": found.order_by("-ends_at")[:_SHOWN],
        "now": now,
        "may_keep": permissions.may(user, "keep_endpoints"),
        "names_obligations": True,
    }
    return render(request, "docking/maintenance.html", context)


@require_POST
@for_verb("keep_maintenance")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off, or end it now."""
    by = signed_in(request)
    visible = MaintenanceWindow.objects.visible_to(by).select_related("obligation")
    row = get_object_or_404(visible, pk=pk)
    maintenance.end(row, by=by, version=require_version_field(request.POST))
    messages.success(request, _("Ended: probing goes on."))
    if row.obligation_id is None:
        return redirect("docking:hosts")
    return redirect("docking:obligation", row.obligation_id)
