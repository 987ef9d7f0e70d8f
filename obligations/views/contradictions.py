"""疑点: the queue in order of weight, one with both its sides, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, StaleVersion, VersionMissing
from accounts.models import User
from obligations import case_book, cases
from obligations.contradiction_forms import (
    AcceptForm,
    ContradictionFilter,
    HandOverForm,
    ReasonForm,
    ReopenForm,
)
from obligations.models import ContradictionCase
from obligations.today import today
from obligations.views.bulk import pairs_of
from obligations.views.versions import require_version_field

PAGE_SIZE = 50
_LONGEST = 9


@require_GET
@for_verb("read")
@vary_on_headers("HX-Request")
def index(request: HttpRequest) -> HttpResponse:
    """Open ones unless the filter says otherwise, the heaviest first."""
    user, on = signed_in(request), today()
    visible = ContradictionCase.objects.visible_to(user)
    if request.htmx:  # type: ignore[attr-defined]
        # The first page says how many there are.
        count = visible.open().count()
        return render(request, "obligations/partials/contradictions_note.html", {"count": count})
    return _index(request, user, accept=AcceptForm(on=on))


@require_POST
@for_verb("decide_contradiction")
def accept_many(request: HttpRequest) -> HttpResponse:
    """The chosen ones for one reason: all or none."""
    user, on = signed_in(request), today()
    chosen = pairs_of(request.POST.getlist("chosen"))
    form = AcceptForm(request.POST, on=on)
    if not chosen:
        messages.warning(request, _("No row was chosen for this."))
        return redirect("obligations:contradictions")
    if not form.is_valid():
        return _index(request, user, accept=form, status=422)
    rows = ContradictionCase.objects.visible_to(user).filter(pk__in=chosen)
    if rows.count() != len(chosen):
        raise Http404
    try:
        count = cases.accept_many(rows, by=user, on=on, versions=chosen, **form.cleaned_data)
    except RuleViolation as refusal:
        return _index(request, user, accept=form, refusal=refusal, status=409)
    messages.success(request, _("Accepted with a reason: %(count)s") % {"count": count})
    return redirect("obligations:contradictions")


@require_GET
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides as they were seen and as they are, the earlier times, what may be decided."""
    return _show(request, _find(request, pk))


@require_POST
@for_verb("decide_contradiction")
def settle(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Reopen, send back, accept, or hand over; a refusal shows the present state."""
    case = _find(request, pk)
    form = _form(act, case, data=request.POST)
    if not form.is_valid():
        return _show(request, case, act=act, form=form, status=422)
    try:
        version = require_version_field(request.POST)
        _DOES[act](request, case, form, version)
    except RuleViolation as refusal:
        status = 428 if isinstance(refusal, VersionMissing) else 409
        shown = {"act": act, "form": form, "refusal": refusal, "status": status}
        return _show(request, _find(request, pk), **shown)
    messages.success(request, _("Done. What was decided stands below."))
    return redirect("obligations:contradiction", pk)


def _reopen(request: HttpRequest, case: ContradictionCase, form: Any, version: int) -> None:
    about = {"by": signed_in(request), "on": today(), **form.cleaned_data}
    cases.reopen(case, version=version, row_version=_row_version(request), **about)


def _send_back(request: HttpRequest, case: ContradictionCase, form: Any, version: int) -> None:
    about = {"by": signed_in(request), "on": today(), **form.cleaned_data}
    cases.send_back(case, version=version, row_version=_row_version(request), **about)


def _accept(request: HttpRequest, case: ContradictionCase, form: Any, version: int) -> None:
    about = {"by": signed_in(request), "on": today(), **form.cleaned_data}
    cases.accept(case, version=version, **about)


def _hand_over(request: HttpRequest, case: ContradictionCase, form: Any, version: int) -> None:
    to = form.cleaned_data["owner"]
    cases.hand_over(case, to=to, by=signed_in(request), on=today(), version=version)


_DOES: dict[str, Callable[[HttpRequest, ContradictionCase, Any, int], None]] = {
    "reopen": _reopen,
    "send-back": _send_back,
    "accept": _accept,
    "hand-over": _hand_over,
}
ACTS = tuple(_DOES)


def _row_version(request: HttpRequest) -> int:
    """The version of the obligation that the page showed."""
    written = request.POST.get("row_version", "")
    if not written.isascii() or not written.isdecimal() or len(written) > _LONGEST:
        raise VersionMissing(
            _("The request did not say which version it was based on: reload the page.")
        )
    return int(written)


def _form(act: str, case: ContradictionCase, *, data: Any = None) -> Any:
    form: Any
    if act == "accept":
        form = AcceptForm(data, on=today())
    elif act == "hand-over":
        form = HandOverForm(data, case=case)
    else:
        form = ReopenForm(data) if act == "reopen" else ReasonForm(data)
    # Several of these stand on one page: the act keeps their ids, and so their labels, apart.
    form.auto_id = f"{act}-%s"
    return form


def _find(request: HttpRequest, pk: int) -> ContradictionCase:
    visible = ContradictionCase.objects.visible_to(signed_in(request))
    return get_object_or_404(case_book.shown(visible), pk=pk)


def _index(
    request: HttpRequest,
    user: User,
    *,
    accept: AcceptForm,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    visible = ContradictionCase.objects.visible_to(user)
    data = request.GET.copy()
    data.setdefault("state", "open")
    found = ContradictionFilter(data, queryset=visible, request=request)
    rows = found.qs if found.is_valid() else visible.none()
    page = Paginator(case_book.ordered(rows), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page": page,
        "lines": case_book.lines(list(page.object_list)),
        "counts": case_book.counts(visible.open()),
        "accept": accept,
        "refusal": refusal,
        "may_decide": permissions.may(user, "decide_contradiction"),
        "hide_department": user.role in user.OF_A_DEPARTMENT,
    }
    return render(request, "obligations/contradictions.html", context, status=status)


def _show(
    request: HttpRequest,
    case: ContradictionCase,
    *,
    act: str = "",
    form: Any = None,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    user, on = signed_in(request), today()
    context = {
        **case_book.whole(case, on=on),
        "case": case,
        "obligation": case.obligation,
        "refusal": refusal,
        "stale": isinstance(refusal, StaleVersion),
        "may_decide": permissions.may(user, "decide_contradiction"),
    }
    if context["may_decide"] and case.is_open:
        fit = case_book.fitting(case)
        context["acts"] = [
            (one, label, form if one == act and form else _form(one, case)) for one, label in fit
        ]
        context["opened"] = act
    return render(request, "obligations/contradiction.html", context, status=status)
