"""The way of a log: brought, looked at, taken over or put aside; rows that nobody owes."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.versions import require_version_field
from jobs.beside import job_of
from jobs.models import Job
from jobs.queue import enqueue
from obligations.column_forms import ColumnsForm
from obligations.importing.mappings import OF_COLUMNS
from obligations.models import Import
from obligations.today import today
from sharing_lists import inbox, log_keeping, logs
from sharing_lists.log_columns import LOG
from sharing_lists.models import DeliveryLog, UnmatchedRow

_SHOWN = 30
_UNMATCHED_SHOWN = 100
_PROBLEMS_SHOWN = 100
INBOX_JOB = "sharing_lists.take_from_inbox"
# htmx stops asking when an answer has this status.
STOP_POLLING = 286
_State = DeliveryLog.State


@require_GET
@for_verb("import_deliveries")
def index(request: HttpRequest) -> HttpResponse:
    """Logs that were brought, and the rows that nobody owes."""
    return _index(request)


@require_POST
@for_verb("import_deliveries")
def upload(request: HttpRequest) -> HttpResponse:
    """A log comes in; a job reads it."""
    file = request.FILES.get("file")
    if file is None or not file.name:
        return _index(request, error=_("Choose the log first."), status=422)
    try:
        log = logs.receive(file, name=file.name, by=signed_in(request))
    except RuleViolation as refusal:
        return _index(request, error=refusal.sentence, status=422)
    return redirect("sharing_lists:log", log.pk)


@require_GET
@for_verb("import_deliveries")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the log stands: read, problems, preview, taken over."""
    return render(request, "sharing_lists/log.html", _context(request, pk))


@require_GET
@for_verb("import_deliveries")
@never_cache
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The changing part of the page; asked every second while a worker is at it."""
    context = _context(request, pk)
    status = 200 if context["is_working"] else STOP_POLLING
    return render(request, "sharing_lists/partials/log_state.html", context, status=status)


@require_POST
@for_verb("import_deliveries")
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what the columns mean; the file is read anew and the words are remembered."""
    log = _find(request, pk)
    version = require_version_field(request.POST)
    form = _columns(log, data=request.POST)
    mapping = form.choices()["mapping"]
    logs.say_columns(log, mapping, by=signed_in(request), version=version)
    return redirect("sharing_lists:log", pk)


@require_POST
@for_verb("import_deliveries")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over what was shown."""
    log, version = _find(request, pk), require_version_field(request.POST)
    logs.confirm(log, by=signed_in(request), version=version)
    return redirect("sharing_lists:log", pk)


@require_POST
@for_verb("import_deliveries")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the file aside; nothing of it is taken over."""
    log, version = _find(request, pk), require_version_field(request.POST)
    logs.discard(log, by=signed_in(request), version=version)
    messages.success(request, _("The file was put aside; nothing was changed."))
    return redirect("sharing_lists:logs")


@require_POST
@for_verb("import_deliveries")
def match_again(request: HttpRequest) -> HttpResponse:
    """Look once more whom the kept rows mean."""
    found = log_keeping.match_again(by=signed_in(request), on=today())
    messages.success(request, _("Rows that found their obligation: %(count)s.") % {"count": found})
    return redirect("sharing_lists:logs")


@require_POST
@for_verb("import_deliveries")
def look_into_inbox(request: HttpRequest) -> HttpResponse:
    """Have the watched folder looked into now."""
    by = signed_in(request)
    job = enqueue(INBOX_JOB, key="inbox", by=by)
    if Job.objects.visible_to(by).filter(pk=job.pk).exists():
        return redirect("jobs:detail", job.pk)
    messages.success(request, _("The folder is being looked into already."))
    return redirect("sharing_lists:logs")


def _index(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    visible = DeliveryLog.objects.visible_to(signed_in(request))
    found = visible.select_related("created_by").defer("sample", "problems", "layout")
    waiting = UnmatchedRow.objects.filter(matched_at=None, log__in=visible)
    context = {
        "logs": Paginator(found.order_by("-pk"), _SHOWN).get_page(request.GET.get("page")),
        "unmatched": _by_resource(waiting),
        "unmatched_count": waiting.count(),
        "inbox": inbox.folder(),
        "error": error,
    }
    return render(request, "sharing_lists/logs.html", context, status=status)


def _by_resource(rows: QuerySet[UnmatchedRow]) -> list[dict[str, Any]]:
    """Each resource once, as it was written, with how many rows name it and which was the last."""
    found = list(
        log_keeping.by_resource(rows)
        .annotate(count=Count("pk"), last_at=Max(KT("values__at")), last_log=Max("log"))
        .order_by("-count", "title", "code")[:_UNMATCHED_SHOWN]
    )
    logs_of = DeliveryLog.objects.defer("sample", "problems", "layout")
    brought = logs_of.in_bulk([one["last_log"] for one in found])
    return [{**one, "log": brought[one["last_log"]]} for one in found]


def _find(request: HttpRequest, pk: int) -> DeliveryLog:
    found = DeliveryLog.objects.visible_to(signed_in(request)).select_related("created_by")
    return get_object_or_404(found, pk=pk)


def _columns(log: DeliveryLog, *, data: Any = None) -> ColumnsForm:
    """The form of list imports: all it asks of a file is its layout and its problems."""
    return ColumnsForm(cast(Import, log), kind=LOG, data=data)


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    log = _find(request, pk)
    job = job_of(log)
    underway = log.state in (_State.READING, _State.APPLYING)
    is_working = underway and job is not None and job.is_live
    kinds = {problem["kind"] for problem in log.problems}
    applied = DeliveryLog.objects.visible_to(signed_in(request)).filter(state=_State.APPLIED)
    mendable = log.state in (_State.READY, _State.PROBLEMS, _State.REFUSED) and bool(log.path)
    return {
        "log": log,
        "job": job,
        "twin": applied.filter(sha256=log.sha256).exclude(pk=log.pk).order_by("-pk").first(),
        "is_working": is_working,
        "is_stuck": underway and not is_working,
        "problems": log.problems[:_PROBLEMS_SHOWN],
        "form": _columns(log) if mendable and log.layout.get("columns") else None,
        "columns_open": bool(kinds & OF_COLUMNS),
        "lost": [row for row in log.sample if not row["ids"]],
        "found": [row for row in log.sample if row["ids"]],
    }
