"""Evidence that no claim rests on yet, taken back on the page of its obligation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import evidence
from obligations.models import Evidence
from obligations.today import today
from obligations.views.obligations import find, show
from obligations.views.versions import require_version_field


@require_POST
@for_verb("remove_evidence")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """A refusal shows the present state of the obligation."""
    user = signed_in(request)
    piece = get_object_or_404(Evidence.objects.visible_to(user), pk=pk)
    try:
        version = require_version_field(request.POST)
        evidence.remove(piece, by=user, on=today(), version=version)
    except RuleViolation as refusal:
        return show(request, find(user, piece.obligation_id), refusal=refusal)
    messages.success(request, _("Taken back: it is no longer evidence of this obligation."))
    return redirect("obligations:detail", piece.obligation_id)
