"""任务分解: choose items, duties and bodies; look at what would happen; have it done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from jobs.beside import job_of
from jobs.models import Job
from obligations import fanning_out
from obligations.dispatch_forms import Chosen, described, narrowed
from obligations.fanning_out import acting
from obligations.models import Dispatch, ListItem
from obligations.models.lists import ListItemQuerySet
from obligations.today import today

DISPATCHES_SHOWN = 50
ITEMS_SHOWN = 100
LINES_SHOWN = 300
_LONGEST_KEY = 18


@require_GET
@for_verb("fan_out")
def index(request: HttpRequest) -> HttpResponse:
    """What was dispatched, newest first."""
    rows = Dispatch.objects.visible_to(signed_in(request)).select_related("created_by", "notice")
    page = Paginator(
        rows.exclude(state="discarded").exclude(of_list=True).order_by("-pk"), DISPATCHES_SHOWN
    )
    context = {"dispatches": page.get_page(request.GET.get("page"))}
    return render(request, "obligations/dispatches.html", context)


@require_http_methods(["GET", "POST"])
@for_verb("fan_out")
def new(request: HttpRequest) -> HttpResponse:
    """Items of a filter, duties, and who owes them."""
    user = signed_in(request)
    if request.method == "GET":
        again = Dispatch.objects.visible_to(user).filter(pk=_key(request.GET.get("again", "")))
        row = again.first()
        return _ask(request, Chosen.kept(row) if row else Chosen())
    chosen = Chosen.posted(request.POST)
    if not chosen.form.is_valid():
        return _ask(request, chosen, status=422)
    try:
        items = _items(request)
        row = fanning_out.prepare(items, chosen.choice(), by=user, on=today())
    except RuleViolation as refusal:
        return _ask(request, chosen, refusal=refusal, status=422)
    return redirect("obligations:dispatch", row.pk)


@require_GET
@for_verb("fan_out")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What it would do, how far it is, or what it did."""
    return _show(request, _find(request, pk))


@require_POST
@for_verb("fan_out")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Do exactly what was shown."""
    row, by = _find(request, pk), signed_in(request)
    digest = request.POST.get("digest")
    if not digest:
        fanning_out.confirm(row, by=by, on=today(), digest=None)
    try:
        fanning_out.confirm(row, by=by, on=today(), digest=digest)
    except RuleViolation as refusal:
        return _show(request, _find(request, pk), refusal=refusal, status=409)
    return redirect("obligations:dispatch", pk)


@require_POST
@for_verb("fan_out")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing of it is done."""
    fanning_out.discard(_find(request, pk), by=signed_in(request))
    messages.success(request, _("Discarded; nothing was changed."))
    return redirect("obligations:dispatches")


def _find(request: HttpRequest, pk: int) -> Dispatch:
    rows = Dispatch.objects.visible_to(signed_in(request))
    return get_object_or_404(rows.select_related("created_by", "done_by", "notice"), pk=pk)


def _items(request: HttpRequest) -> ListItemQuerySet:
    """All of the filter, or those that were ticked."""
    user = signed_in(request)
    if "all" in request.POST:
        return narrowed(request, user=user)[1]
    keys = [_key(text) for text in request.POST.getlist("item")]
    return ListItem.objects.filter(pk__in=keys)


def _key(text: str) -> int:
    readable = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_KEY
    return int(text) if readable else 0


def _ask(
    request: HttpRequest,
    chosen: Chosen,
    *,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    found, items = narrowed(request, user=user)
    count = items.count()
    context = {
        "filter": found,
        "items": items.select_related("list", "body")
        .defer("raw")
        .order_by("list", "position")[:ITEMS_SHOWN],
        "count": count,
        "ticked": {_key(text) for text in request.POST.getlist("item")},
        "chosen": chosen,
        "form": chosen.form,
        "regions": list(chosen.department_lines(user)),
        "refusal": refusal,
    }
    return render(request, "obligations/dispatch_new.html", context, status=status)


def _show(
    request: HttpRequest,
    row: Dispatch,
    *,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    job = job_of(row)
    working = row.state == Dispatch.State.RUNNING
    is_live = job is not None and job.is_live
    may_follow = is_live and Job.objects.visible_to(user).filter(pk=row.job_id or 0).exists()
    context: dict[str, Any] = {
        "dispatch": row,
        "choice": described(row),
        "item_count": row.items.count(),
        "job": job if working and may_follow else None,
        "refusal": refusal,
    }
    if row.state == Dispatch.State.PLANNED or (working and not is_live):
        plan = acting.look(row, by=user, on=today())
        context |= {"plan": plan, "digest": plan.digest(), "may_confirm": plan.may_be_confirmed}
        context["late"] = plan.late[:LINES_SHOWN]
    return render(request, "obligations/dispatch.html", context, status=status)
