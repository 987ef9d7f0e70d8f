"""Pages about jobs, and the addresses that machines ask."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts import permissions
from accounts.access import for_programs, for_verb
from accounts.models import User
from jobs import health, metrics, operations, queue, watching
from jobs.models import Job

_PAGE_SIZE = 50
# htmx stops asking when an answer has this status.
_STOP_POLLING = 286


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, broker, and a worker seen consuming within a minute; which of them fails."""
    down = health.down()
    if not down:
        return HttpResponse("ready\n", content_type="text/plain")
    lines = "".join(f"{name}: {_since(at)}\n" for name, at in down.items())
    return HttpResponse(f"not ready\n{lines}", content_type="text/plain", status=503)


def _since(at: dt.datetime | None) -> str:
    """In words for machines and their keepers."""
    known = f", last known to work {timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
    return f"down{known}"


@require_safe
@never_cache
@for_programs("see_operations")
def tell_metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus: only on this machine, or by the system administrator."""
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


@require_GET
@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Jobs, newest first: the system administrator's are all, others' are their own."""
    user = _signed_in(request)
    found = Job.objects.visible_to(user).worth_a_look()
    found = found.select_related("created_by").order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: _PAGE_SIZE + 1])
    sees_operations = permissions.may(user, "see_operations")
    context = {
        "jobs": rows[:_PAGE_SIZE],
        "has_more": len(rows) > _PAGE_SIZE,
        "is_first": not before,
        "sees_operations": sees_operations,
        "behind": [one for one in watching.lines() if one.needs_a_look] if sees_operations else [],
    }
    return render(request, "jobs/list.html", context)


@require_GET
@login_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    job, user = _find(request, pk), _signed_in(request)
    context = {
        "job": job,
        "may_requeue": job.may_be_requeued and permissions.may(user, "requeue_job"),
        "may_cancel": job.is_live,
    }
    return render(request, "jobs/detail.html", context)


@require_GET
@login_required
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of a page that follows a job; asked every two seconds until the job has ended."""
    job = _find(request, pk)
    status = 200 if job.is_live else _STOP_POLLING
    answer = render(request, "jobs/_progress.html", {"job": job}, status=status)
    if request.htmx and not job.is_live:  # type: ignore[attr-defined]
        # The rest of the page is older than the end; the page loaded anew asks no more.
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@login_required
def requeue(request: HttpRequest, pk: int) -> HttpResponse:
    queue.requeue(_find(request, pk), by=_signed_in(request))
    return redirect("jobs:detail", pk)


@require_POST
@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    queue.cancel(_find(request, pk), by=_signed_in(request))
    return redirect("jobs:detail", pk)


@require_GET
@never_cache
@for_verb("see_operations")
def show_operations(request: HttpRequest) -> HttpResponse:
    """The whole page, or the part that renews itself."""
    part = "jobs/_operations.html" if request.htmx else "jobs/operations.html"  # type: ignore[attr-defined]
    return render(request, part, {"picture": operations.picture()})


def _find(request: HttpRequest, pk: int) -> Job:
    visible = Job.objects.visible_to(_signed_in(request)).select_related("created_by")
    return get_object_or_404(visible, pk=pk)


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
