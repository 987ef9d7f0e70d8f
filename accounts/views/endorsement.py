"""Which departments go without endorsement, for the coordinators of their scope."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import endorsement
from accounts.access import for_verb, signed_in
from accounts.versions import require_version_field


@require_GET
@for_verb("switch_endorsement")
def index(request: HttpRequest) -> HttpResponse:
    context = {"rows": endorsement.standing(signed_in(request))}
    return render(request, "accounts/endorsement.html", context)


@require_POST
@for_verb("switch_endorsement")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    subject = get_object_or_404(endorsement.in_scope(by), pk=pk)
    endorsement.switch(
        subject,
        required=request.POST.get("required") == "1",
        by=by,
        reason=request.POST.get("reason", ""),
        version=require_version_field(request.POST),
    )
    messages.success(request, _("Saved. It holds for claims from now on."))
    return redirect("accounts:endorsement")
