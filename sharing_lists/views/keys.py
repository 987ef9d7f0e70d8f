"""Keys for receipts: made, rotated, revoked; shown once; what was refused under them."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.forms import carried_out
from obligations.today import today
from sharing_lists import push_keys
from sharing_lists.forms import KeyForm
from sharing_lists.models import PushKey, ReceiptRefusal
from sharing_lists.refusals import REASONS

_DAYS_SHOWN = 14


@require_http_methods(["GET", "POST"])
@for_verb("keep_push_keys")
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """The keys that the user keeps, and a new one."""
    by = signed_in(request)
    if request.method == "GET":
        return _show(request, KeyForm(by=by, on=today()))
    form = KeyForm(request.POST, by=by, on=today())
    shown: list[tuple[PushKey, str]] = []

    def make() -> None:
        said = form.cleaned_data
        department = said.get("department") or by.department
        if department is None:
            raise RuleViolation(_("Your account belongs to no department."))
        shown.append(push_keys.make(department, system=said["system"], by=by))

    if carried_out(form, make):
        return _show(request, KeyForm(by=by, on=today()), shown=shown[0])
    return _show(request, form, status=422)


@require_POST
@for_verb("keep_push_keys")
@never_cache
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    made = push_keys.rotate(_find(request, pk), by=by)
    return _show(request, KeyForm(by=by, on=today()), shown=made)


@require_POST
@for_verb("keep_push_keys")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    push_keys.revoke(_find(request, pk), by=signed_in(request))
    messages.success(request, _("The key is revoked: receipts signed with it are refused."))
    return redirect("sharing_lists:keys")


def _find(request: HttpRequest, pk: int) -> PushKey:
    return get_object_or_404(PushKey.objects.visible_to(signed_in(request)), pk=pk)


def _show(
    request: HttpRequest,
    form: KeyForm,
    *,
    shown: tuple[PushKey, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    visible = PushKey.objects.visible_to(signed_in(request))
    standing = visible.standing(timezone.now()).select_related("department", "created_by")
    since = today() - dt.timedelta(days=_DAYS_SHOWN)
    refused = ReceiptRefusal.objects.filter(day__gte=since)
    if signed_in(request).role != "coordinator" or signed_in(request).region_id is not None:
        # What names no key, or one that nobody knows, is the province's to look into.
        refused = refused.filter(key_code__in=visible.values("code"))
    context = {
        "form": form,
        "shown": shown,
        "keys": standing.annotate(used_at=Max("deliveries__recorded_at")).order_by(
            "department__position", "department", "system", "-pk"
        ),
        "refused": [
            (one, REASONS.get(one.reason, one.reason)) for one in refused.order_by("-day", "reason")
        ],
        "overlap_days": push_keys.OVERLAP_DAYS,
    }
    return render(request, "sharing_lists/keys.html", context, status=status)
