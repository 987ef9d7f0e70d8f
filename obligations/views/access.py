"""Who may call a page at all: signed in, and with a role that has the verb."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from accounts import permissions
from accounts.models import User

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


def signed_in(request: HttpRequest) -> User:
    """The user of a request that has passed the sign-in."""
    assert isinstance(request.user, User)
    return request.user
