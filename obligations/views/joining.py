"""New members of groups that were dispatched before: offered, accepted or left out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from jobs.models import Job
from obligations.fanning_out import accepting, joining
from obligations.today import today

MISSING_SHOWN = 100


@require_GET
@for_verb("fan_out")
def index(request: HttpRequest) -> HttpResponse:
    """By group: who joined and what they would owe; who left with something still open."""
    return _show(request)


@require_POST
@for_verb("fan_out")
def accept(request: HttpRequest, group: int) -> HttpResponse:
    """Make what the ticked ones do not owe yet."""
    try:
        done = accepting.accept(
            group,
            _ticked(request),
            by=signed_in(request),
            on=today(),
            digest=request.POST.get("digest"),
            issue="issue" in request.POST,
        )
    except RuleViolation as refusal:
        return _refused(request, refusal)
    if isinstance(done, Job):
        return redirect("obligations:new-members")
    messages.success(request, _("Obligations made: %(count)s") % {"count": done.made})
    return redirect("obligations:dispatch", done.pk)


@require_POST
@for_verb("fan_out")
def dismiss(request: HttpRequest, group: int) -> HttpResponse:
    """The ticked ones owe nothing of it, for a reason."""
    try:
        count = joining.dismiss(
            group,
            _ticked(request),
            by=signed_in(request),
            on=today(),
            digest=request.POST.get("digest"),
            reason=request.POST.get("reason", ""),
        )
    except RuleViolation as refusal:
        return _refused(request, refusal)
    messages.success(request, _("Left out: %(count)s departments.") % {"count": count})
    return redirect("obligations:new-members")


def _ticked(request: HttpRequest) -> list[int]:
    texts = request.POST.getlist("department")
    return [int(one) for one in texts if one.isascii() and one.isdecimal() and len(one) <= 18]


def _refused(request: HttpRequest, refusal: RuleViolation) -> HttpResponse:
    if not request.POST.get("digest"):
        raise refusal
    return _show(request, refusal=refusal, status=409)


def _show(
    request: HttpRequest, *, refusal: RuleViolation | None = None, status: int = 200
) -> HttpResponse:
    found = joining.offers(by=signed_in(request), on=today())
    jobs = accepting.jobs_of(one.group for one in found)
    context = {
        "offers": [
            (one, list(one.missing.values())[:MISSING_SHOWN], jobs.get(one.group)) for one in found
        ],
        "waiting_count": sum(len(one.missing) for one in found),
        "refusal": refusal,
    }
    return render(request, "obligations/new_members.html", context, status=status)
