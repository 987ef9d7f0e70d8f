"""Who may call a page at all: signed in, and with a role that has the verb."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import permissions
from accounts.models import User
from accounts.tokens import TokenAuthentication

View = Callable[..., HttpResponseBase]


def for_verb(verb: str) -> Callable[[View], View]:
    """A view for people whose role has `verb`; anyone else signed in is answered 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            permissions.require(signed_in(request), verb)
            return view(request, *args, **kwargs)

        return login_required(checked)

    return decorate


def for_programs(verb: str) -> Callable[[View], View]:
    """A view that programs read: on this machine without more, else by who has `verb`, with a
    token or signed in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not is_from_this_machine(request):
                user = _asking(request)
                if user is None:
                    return HttpResponse(status=401, headers={"WWW-Authenticate": "Token"})
                permissions.require(user, verb)
            return view(request, *args, **kwargs)

        return checked

    return decorate


def is_from_this_machine(request: HttpRequest) -> bool:
    """Asked by a program on this machine, and not by a proxy on it for somebody elsewhere."""
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _asking(request: HttpRequest) -> User | None:
    """Whose token the request brings, or who is signed in."""
    try:
        found = TokenAuthentication().authenticate(cast(Request, request))
    except AuthenticationFailed:
        return None
    if found is not None:
        return found[0]
    return request.user if isinstance(request.user, User) else None


def signed_in(request: HttpRequest) -> User:
    """The user of a request that has passed the sign-in."""
    assert isinstance(request.user, User)
    return request.user
