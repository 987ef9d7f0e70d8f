"""A list's editions: what each did, item by item, and taking one back."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, VersionMissing
from accounts.models import User
from obligations import editions
from obligations.editions import SORTS, UndoForm
from obligations.importing import undo_requests
from obligations.models import Edition, ResponsibilityList
from obligations.views.versions import require_version_field

CHANGES_SHOWN = 50


@require_GET
@for_verb("read")
def edition(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What one edition did, and how it is taken back."""
    return _show(request, _find(signed_in(request), pk, number), UndoForm())


@require_POST
@for_verb("undo_import")
def undo(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Have it taken back by a worker; a refusal shows the present state with what was written."""
    user = signed_in(request)
    one = _find(user, pk, number)
    form = UndoForm(request.POST)
    try:
        version = require_version_field(request.POST)
        if not form.is_valid():
            return _show(request, one, form, status=422)
        undo_requests.ask(one, by=user, reason=form.cleaned_data["reason"], version=version)
    except RuleViolation as refusal:
        status = 428 if isinstance(refusal, VersionMissing) else 409
        return _show(request, _find(user, pk, number), form, refusal=refusal, status=status)
    return redirect("obligations:edition", pk, number)


def _find(user: User, pk: int, number: int) -> Edition:
    found = Edition.objects.visible_to(user).select_related("list", "applied_by", "undone_by")
    return get_object_or_404(found, list=pk, number=number)


def _show(
    request: HttpRequest,
    one: Edition,
    form: UndoForm,
    *,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    sort = request.GET.get("sort", "") if request.GET.get("sort", "") in SORTS else ""
    found = editions.changes(one, user=user, sort=sort).defer("before")
    page = Paginator(found.select_related("item__body", "item__replaces"), CHANGES_SHOWN).get_page(
        request.GET.get("page")
    )
    may_undo = permissions.may(user, "undo_import") and one.undone_at is None
    context = {
        "edition": one,
        "list": one.list,
        "line": editions.with_counts([one], user=user)[0],
        "sort": sort,
        "page": page,
        "changes": editions.shown(page, kind=editions.kind_of(one), user=user),
        "undoing": editions.undoing_of(one, by=user) if may_undo else None,
        "form": form,
        "refusal": refusal,
        "sees_list": ResponsibilityList.objects.visible_to(user).filter(pk=one.list_id).exists(),
    }
    return render(request, "obligations/edition.html", context, status=status)
