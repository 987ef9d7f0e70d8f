"""The own deputies, for whom one stands in, and acting in somebody's place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, handovers
from accounts.access import for_verb, signed_in
from accounts.forms import carried_out
from accounts.handover_forms import HandoverForm
from accounts.middleware import ACTING_FOR
from accounts.models import Handover
from accounts.versions import require_version_field


@require_http_methods(["GET", "POST"])
@for_verb("hand_over")
def deputies(request: HttpRequest) -> HttpResponse:
    """Name a deputy for some days; who stands in for whom in the own department."""
    by, on = signed_in(request), timezone.localdate()
    form = HandoverForm(request.POST or None, person=by)
    if carried_out(form, lambda: handovers.hand_over(by=by, on=on, **form.cleaned_data)):
        messages.success(request, _("Named. Your deputy finds it in the menu of the own name."))
        return redirect("accounts:deputies")
    rows = Handover.objects.visible_to(by).select_related("person", "deputy").order_by("-pk")[:50]
    context = {
        "form": form,
        "rows": [(row, row.is_over(on), by.pk in (row.person_id, row.deputy_id)) for row in rows],
        "on": on,
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/deputies.html", context, status=status)


@require_POST
@for_verb("hand_over")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    row = get_object_or_404(Handover.objects.visible_to(by), pk=pk)
    version = require_version_field(request.POST)
    handovers.end(row, by=by, on=timezone.localdate(), version=version)
    messages.success(request, _("Ended."))
    return redirect("accounts:deputies")


@require_POST
@for_verb("hand_over")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on, in this session, in the person's place."""
    by = signed_in(request)
    row = get_object_or_404(handovers.standing_in(by, on=timezone.localdate()), pk=pk)
    request.session[ACTING_FOR] = row.pk
    audit.record(row, verb="act_for", by=by, department_id=by.department_id)
    return redirect("/")


@require_POST
@for_verb("hand_over")
def stop(request: HttpRequest) -> HttpResponse:
    """Back to the own name."""
    request.session.pop(ACTING_FOR, None)
    return redirect("/")
