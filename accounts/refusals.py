"""Pages and problems for requests that are refused or fail."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts import problems, rendering
from accounts.errors import RuleViolation, without_room

DATABASE_FAULTS = (OperationalError, InterfaceError)
_log = structlog.get_logger(__name__)


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def database_unavailable(request: HttpRequest, exc: BaseException) -> HttpResponse:
    """503; the page is rendered without context processors, which would ask the database."""
    _log.error("database_unavailable", error=str(exc), path=request.path)
    if is_api(request):
        return problems.respond(503, request=request)
    page = render_to_string("503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": problems.RETRY_AFTER})


def rule_violation(request: HttpRequest, exc: RuleViolation) -> HttpResponse:
    """409 or 428 with the sentence; for htmx only the note, shown above the page."""
    status = problems.status_of(exc, request=request)
    if is_api(request):
        found = problems.problem_of(exc, request=request)
        return HttpResponse(
            rendering.dumps(found), status=status, content_type=problems.CONTENT_TYPE
        )
    context = {"sentence": exc.sentence, "facts": exc.facts, "back": _back(request)}
    if request.headers.get("HX-Request"):
        return _note(request, context, status=status)
    template = "428.html" if status == 428 else "409.html"
    return render(request, template, context, status=status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the sentence of the exception, where it has one. Also Django's handler403."""
    sentence = str(exception) or _("Your role may not do this.")
    if is_api(request):
        return problems.respond(403, request=request, detail=sentence)
    if request.headers.get("HX-Request"):
        return _note(request, {"sentence": sentence}, status=403)
    context = {"sentence": sentence, "back": _back(request)}
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    if is_api(request):
        return problems.respond(404, request=request)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500; faults of the database in middleware arrive here and not in a view."""
    exc = sys.exc_info()[1]
    if isinstance(exc, DATABASE_FAULTS):
        return database_unavailable(request, exc)
    if full := without_room(exc):
        return rule_violation(request, full)
    if is_api(request):
        return problems.respond(500, request=request)
    return HttpResponse(render_to_string("500.html"), status=500)


def of(request: HttpRequest, exc: Exception) -> HttpResponse | None:
    """The answer to a refusal that a page raised, or None when it is not one."""
    if isinstance(exc, RuleViolation):
        return rule_violation(request, exc)
    if isinstance(exc, PermissionDenied):
        return permission_denied(request, exc)
    if full := without_room(exc):
        _log.error("no_room", error=str(exc), path=request.path)
        return rule_violation(request, full)
    return None


def _back(request: HttpRequest) -> str:
    """The page on which the person pressed the button, as it is now; "" where none is known."""
    came_from = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    path = urlsplit(came_from).path
    return came_from if own and request.method == "POST" and path != request.path else ""


def _note(request: HttpRequest, context: Mapping[str, object], *, status: int) -> HttpResponse:
    response = render(request, "accounts/partials/refusal.html", dict(context), status=status)
    response["HX-Retarget"] = "#main"
    response["HX-Reswap"] = "afterbegin show:window:top"
    return response
