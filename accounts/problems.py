"""Refusals of the API as RFC 9457 problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import set_rollback

from accounts import rendering
from accounts.errors import RuleViolation, StaleVersion, VersionMissing, without_room

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = "5"


class ProblemResponse(Response):
    """Always JSON, whatever the view would have rendered."""

    @property
    def rendered_content(self) -> str:
        self["Content-Type"] = CONTENT_TYPE
        return rendering.dumps(self.data).decode()


def handle(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler; None leaves an unexpected error to Django."""
    request: HttpRequest = context["request"]
    found = problem_of(exc, request=request)
    if found is None:
        return None
    set_rollback()
    return ProblemResponse(found, status=found["status"], headers=_headers(exc))


def respond(status: int, *, request: HttpRequest, detail: str = "") -> HttpResponse:
    """A problem outside DRF, such as an unknown address below /api/."""
    return HttpResponse(
        rendering.dumps(problem(status, request=request, detail=detail)),
        status=status,
        content_type=CONTENT_TYPE,
        headers={"Retry-After": RETRY_AFTER} if status == 503 else None,
    )


def problem(status: int, *, request: HttpRequest, detail: str = "") -> dict[str, Any]:
    title, advice = texts_of(status)
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail or advice,
        "instance": request.path,
    }


def problem_of(exc: Exception, *, request: HttpRequest) -> dict[str, Any] | None:
    """The members of the problem, or None when the exception is no refusal."""
    if isinstance(exc, RuleViolation):
        found = problem(status_of(exc, request=request), request=request, detail=exc.sentence)
        return found | {"code": exc.code, "facts": exc.facts}
    if full := without_room(exc):
        return problem_of(full, request=request)
    if isinstance(exc, OperationalError | InterfaceError):
        return problem(503, request=request)
    if isinstance(exc, Http404):
        return problem(404, request=request)
    if isinstance(exc, PermissionDenied):
        return problem(403, request=request, detail=str(exc))
    if isinstance(exc, ValidationError):
        exc = exceptions.ValidationError(as_serializer_error(exc))
    if isinstance(exc, exceptions.ValidationError):
        errors = [{"pointer": p, "detail": d, "code": c} for p, d, c in _flat(exc.detail)]
        return problem(exc.status_code, request=request) | {"errors": errors}
    if isinstance(exc, exceptions.APIException):
        return problem(exc.status_code, request=request, detail=_plain(exc))
    return None


def status_of(exc: RuleViolation, *, request: HttpRequest) -> int:
    """409; 412 where the version came in If-Match; 428 where none came."""
    if isinstance(exc, VersionMissing):
        return 428
    if isinstance(exc, StaleVersion) and request.headers.get("If-Match"):
        return 412
    return 409


def _plain(exc: exceptions.APIException) -> str:
    if isinstance(exc, exceptions.NotFound | exceptions.NotAuthenticated):
        return ""
    return exc.detail if isinstance(exc.detail, str) else ""


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(exc.auth_header)  # type: ignore[attr-defined]
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(exc, OperationalError | InterfaceError):
        headers["Retry-After"] = RETRY_AFTER
    return headers


def _flat(detail: Any, pointer: str = "#") -> Iterator[tuple[str, str, str]]:
    """(JSON pointer, sentence, code) of each error in DRF's nested detail."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _flat(inner, pointer if key == "non_field_errors" else f"{pointer}/{key}")
    elif isinstance(detail, list | tuple):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _flat(inner, f"{pointer}/{place}" if nested else pointer)
    else:
        yield pointer, str(detail), getattr(detail, "code", "invalid")


def texts_of(status: int) -> tuple[str, str]:
    """The title of a status, and what to do where nothing more is known."""
    texts = {
        400: (_("Invalid input"), _("Some values are missing or wrong; see “errors”.")),
        401: (_("Not signed in"), _("Send “Authorization: Token …” or sign in first.")),
        403: (_("Not allowed"), _("Your role may not do this.")),
        404: (_("Not found"), _("There is no such object, or it lies outside your scope.")),
        405: (_("Method not allowed"), _("Use a method that this address allows.")),
        406: (_("Format not offered"), _("Ask for application/json.")),
        409: (_("Refused by a rule"), _("This cannot be done now.")),
        412: (_("Changed meanwhile"), _("Read the object again and repeat with its new ETag.")),
        413: (_("Too large"), _("Send a smaller file.")),
        415: (_("Format not understood"), _("Send application/json or multipart/form-data.")),
        428: (_("Version missing"), _("Send the version that you read as If-Match or “version”.")),
        429: (_("Too many requests"), _("Wait a moment and try again.")),
        500: (_("Internal error"), _("Tell the system administrator the time of this request.")),
        503: (_("Busy for a moment"), _("The database cannot be reached; try again in seconds.")),
    }
    return texts.get(status, (_("Refused"), _("This cannot be done now.")))
