"""After the opening of what a central body owes: the blocks that named it are lifted at once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import blocks
from obligations.models import Obligation
from obligations.today import today
from obligations.views.bulk import pairs_of
from obligations.views.obligations import find, show


@require_POST
@for_verb("lift_block")
def lift_blocks(request: HttpRequest, pk: int) -> HttpResponse:
    """All that the page showed, or none."""
    user = signed_in(request)
    external = find(user, pk)
    chosen = pairs_of(request.POST.get("rows", "").split(","))
    if Obligation.objects.visible_to(user).filter(pk__in=chosen).count() != len(chosen):
        raise Http404
    try:
        count = blocks.lift_those_waiting_for(external, by=user, on=today(), versions=chosen)
    except RuleViolation as refusal:
        return show(request, external, refusal=refusal)
    messages.success(request, _("Blocks lifted: %(count)s") % {"count": count})
    return redirect("obligations:detail", pk)
