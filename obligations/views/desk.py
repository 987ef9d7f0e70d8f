"""What is done on the desk itself, row by row: accept, progress and plan, “no change”."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, VersionMissing
from accounts.models import User
from obligations import completion, desk, dispatch, explaining, overview, progress
from obligations.evidence_forms import DeskClaimForm
from obligations.forms import DeskForm
from obligations.lateness import lateness
from obligations.models import Obligation, Said
from obligations.today import today
from obligations.views.obligations import find
from obligations.views.versions import require_version_field

# Button -> the verb that the role must have.
VERBS = {
    "accept": "accept",
    "plan": "plan",
    Said.NO_CHANGE: "report_progress",
    Said.NOTHING: "report_progress",
}


@require_POST
@for_verb("read")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One button of one row; a refusal stands beside it, and what was written stays."""
    user, do = signed_in(request), request.POST.get("do", "")
    permissions.require(user, VERBS.get(do, "plan"))
    if user.role not in user.OF_A_DEPARTMENT:
        raise Http404  # Coordinators have another first page.
    row = find(user, pk)
    form = DeskForm(request.POST)
    try:
        if not form.is_valid():
            raise RuleViolation(" ".join(str(one) for many in form.errors.values() for one in many))
        version = require_version_field(request.POST)
        _do(row, do, form.cleaned_data, user=user, version=version)
    except RuleViolation as refusal:
        status = 428 if isinstance(refusal, VersionMissing) else 409
        said = {"refusal": refusal, "typed": form.data}
        return _line(request, row, status=status, **said)
    if request.htmx:  # type: ignore[attr-defined]
        return _line(request, row, saved=True)
    return redirect("obligations:home")


@require_POST
@for_verb("claim")
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """A claim without leaving the desk: the form that the page opens in the row, then the row."""
    user = signed_in(request)
    row = _claimable(user, pk)
    form = DeskClaimForm(request.POST, request.FILES, deed=f"claim-{pk}")
    if not form.is_valid():
        return _line(request, row, status=422, claiming=form, version=row.version)
    try:
        said = {"note": form.cleaned_data["note"], "with_evidence": form.pieces()}
        version = require_version_field(request.POST)
        completion.claim(row, **said, by=user, on=today(), version=version)
    except RuleViolation as refusal:
        status = 428 if isinstance(refusal, VersionMissing) else 409
        found = _claimable(user, pk)
        said = {"refusal": refusal, "claiming": form, "version": found.version}
        return _line(request, found, status=status, **said)
    if request.htmx:  # type: ignore[attr-defined]
        return _shown(request, desk.line_of_claimed(row, user=user), claimed=True)
    return redirect("obligations:home")


def _claimable(user: User, pk: int) -> Obligation:
    """With what a row of the desk shows; 404 where the user may not see it."""
    return get_object_or_404(overview.shown(Obligation.objects.visible_to(user)), pk=pk)


def _do(row: Obligation, do: str, said: dict[str, Any], *, user: User, version: int) -> None:
    about: dict[str, Any] = {"by": user, "on": today(), "version": version}
    if do == "accept":
        dispatch.accept(row, **about)
    elif do in Said.values:
        progress.report(row, kind=do, **about)
    elif do == "plan":
        contact = (row.contact_office, row.contact_name, row.contact_phone)
        dispatch.plan(row, contact=contact, **said, **about)
    else:
        raise RuleViolation(_("Press one of the buttons of the row."))


def _line(request: HttpRequest, row: Obligation, *, status: int = 200, **said: Any) -> HttpResponse:
    """The row as it is now."""
    user, on = signed_in(request), today()
    line = desk.line_of(row, user=user, on=on)
    if line is None:
        raise Http404
    return _shown(request, line, status=status, **said)


def _shown(
    request: HttpRequest, line: desk.Line, *, status: int = 200, **said: Any
) -> HttpResponse:
    on = today()
    explained = explaining.of_many([line.obligation], fields=["due_on"])
    context = {"line": line, "on": on, "lateness": lateness(on), "explained": explained, **said}
    part = request.htmx  # type: ignore[attr-defined]
    name = "obligations/partials/desk_row.html" if part else "obligations/desk_row.html"
    return render(request, name, context, status=status)
