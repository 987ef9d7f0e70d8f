"""What the signed-in person is reminded of, and how they want to be."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.versions import require_version_field
from obligations.models import Delivery, Digest
from obligations.reminder_forms import ChoiceForm
from obligations.reminding import choices, digests

DAYS_SHOWN = 20


@require_GET
@for_verb("be_reminded")
def index(request: HttpRequest) -> HttpResponse:
    """The newest reminders, with their rows and what became of their sending."""
    deliveries = Delivery.objects.select_related("target").order_by("pk")
    own = Digest.objects.visible_to(signed_in(request)).order_by("-day")
    shown = own.prefetch_related(Prefetch("deliveries", deliveries))[:DAYS_SHOWN]
    context = {"digests": list(shown), "unread_count": own.unread().count()}
    return render(request, "obligations/reminders.html", context)


@require_POST
@for_verb("be_reminded")
def read(request: HttpRequest, pk: int) -> HttpResponse:
    digests.read(get_object_or_404(Digest.objects.visible_to(signed_in(request)), pk=pk))
    return redirect("obligations:reminders")


@require_POST
@for_verb("be_reminded")
def read_all(request: HttpRequest) -> HttpResponse:
    digests.read_all(signed_in(request))
    return redirect("obligations:reminders")


@require_http_methods(["GET", "POST"])
@for_verb("be_reminded")
def settings(request: HttpRequest) -> HttpResponse:
    """Everybody's own choice; the application reminds in any case."""
    user = signed_in(request)
    choice = choices.of(user)
    form = ChoiceForm(request.POST or None, user=user, choice=choice)
    status = 200
    if request.method == "POST":
        version = require_version_field(request.POST)
        if form.is_valid():
            try:
                choices.choose(user, version=version, **form.cleaned_data)
            except RuleViolation as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("Saved. It holds from the next reminder on."))
                return redirect("obligations:reminder-settings")
        status = 409 if form.non_field_errors() else 422
    context = {"form": form, "choice": choice}
    return render(request, "obligations/reminder_settings.html", context, status=status)
