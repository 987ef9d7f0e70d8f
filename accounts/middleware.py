"""Answers to refusals and database faults, the asker's address, the language of every page."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation

from accounts import handovers, refusals

# Where the session keeps the hand-over that the person acts under.
ACTING_FOR = "acting_for"


class DatabaseUnavailable:
    """A database that is locked or down: 503 with Retry-After, on pages and in the API.

    Faults inside other middleware do not pass here but reach Django's handler500, which is
    refusals.server_error and answers the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if isinstance(exc, refusals.DATABASE_FAULTS):
            return refusals.database_unavailable(request, exc)
        return None


class TrustedAddress:
    """Log lines and the audit trail name the address that sign-in attempts are counted for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        structlog.contextvars.bind_contextvars(ip=get_client_ip(request))
        return self.get_response(request)


class ActInPlace:
    """代: what a person does in a colleague's place, from the moment they chose to.

    Not on the pages of the own account, which save the user; and a program says it itself, with
    the header Acting-For.
    """

    OWN = ("/account/", "/own/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.session.get(ACTING_FOR)
        if chosen and not request.path.startswith(self.OWN) and request.user.is_authenticated:
            found = handovers.standing_in(request.user, on=timezone.localdate())
            handover = found.filter(pk=chosen).first()
            if handover is not None:
                handovers.act(request.user, handover)
        return self.get_response(request)


class RefuseInPlainWords:
    """Rules and rights answer with their sentence: 409, 428 or 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        return refusals.of(request, exc)


class ChosenLanguage(LocaleMiddleware):
    """Chinese, unless the person chose another language here.

    What the browser prefers says nothing: on many office machines it is an English default.
    """

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = chosen in dict(settings.LANGUAGES)
        translation.activate(chosen if known else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()
