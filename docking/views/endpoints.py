"""One endpoint: what it should answer, what probes saw, how its state turned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.forms import carried_out
from accounts.models import User
from accounts.versions import require_version_field
from docking import availability, endpoints
from docking.forms import EndpointForm
from docking.models import Endpoint
from obligations.today import today

RESULTS_SHOWN, CHANGES_SHOWN, DAYS_SHOWN = 50, 50, 30


@require_http_methods(["GET", "POST"])
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of it; its officer changes it here."""
    by = signed_in(request)
    if request.method == "GET":
        return _show(request, _find(by, pk))
    permissions.require(by, "keep_endpoints")
    row, version = _find(by, pk), require_version_field(request.POST)
    form = EndpointForm(request.POST)
    if carried_out(
        form, lambda: endpoints.change(row, by=by, version=version, **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("docking:endpoint", pk)
    status = 409 if form.non_field_errors() else 422
    return _show(request, _find(by, pk), form=form, status=status)


@require_POST
@for_verb("keep_endpoints")
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    row = _find(by, pk)
    endpoints.retire(row, by=by, version=require_version_field(request.POST))
    messages.success(request, _("Retired: it is not probed any more."))
    return redirect("docking:obligation", row.obligation_id)


def _find(user: User, pk: int) -> Endpoint:
    rows = Endpoint.objects.visible_to(user).with_permission()
    rows = rows.with_maintenance(at=timezone.now())
    return get_object_or_404(
        rows.select_related("obligation__item__list", "obligation__department", "added_by"), pk=pk
    )


def _show(
    request: HttpRequest, row: Endpoint, *, form: EndpointForm | None = None, status: int = 200
) -> HttpResponse:
    user = signed_in(request)
    known = {name: getattr(row, name) for name in endpoints.FIELDS}
    context: dict[str, Any] = {
        "endpoint": row,
        "obligation": row.obligation,
        "availability": availability.of_endpoints([row.pk], on=today())[row.pk],
        "stopped_since": availability.stopped_since(),
        "results": row.results.order_by("-at")[:RESULTS_SHOWN],
        "changes": row.changes.order_by("-at", "-pk")[:CHANGES_SHOWN],
        "days": row.days.order_by("-day")[:DAYS_SHOWN],
        "may_keep": permissions.may(user, "keep_endpoints") and row.retired_at is None,
        "form": form or EndpointForm(initial=known),
    }
    return render(request, "docking/endpoint.html", context, status=status)
