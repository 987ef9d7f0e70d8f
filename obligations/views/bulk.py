"""Doing one thing to many obligations: issue drafts, accept what was issued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.models import User
from obligations import dispatch
from obligations.listing import narrow
from obligations.models import Status
from obligations.today import today


@dataclass(frozen=True)
class Bulk:
    """What can be done at once to rows of one status."""

    verb: str
    status: str
    chosen: Promise
    all: Promise
    question: Promise
    do: Callable[..., int]
    done: Promise
    nothing: Promise

    @property
    def address(self) -> str:
        return f"obligations:{self.verb}-many"


BULKS = (
    Bulk(
        "issue",
        Status.DRAFT,
        gettext_lazy("Issue the chosen rows"),
        gettext_lazy("Issue all rows of this filter"),
        gettext_lazy("Issue all rows of this filter? Their departments will be asked to accept."),
        dispatch.issue_many,
        gettext_lazy("Issued: %(count)s"),
        gettext_lazy("Nothing here can be issued."),
    ),
    Bulk(
        "accept",
        Status.ISSUED,
        gettext_lazy("Accept the chosen rows"),
        gettext_lazy("Accept all rows of this filter"),
        gettext_lazy("Accept all rows of this filter? Your department takes up the work."),
        dispatch.accept_many,
        gettext_lazy("Accepted: %(count)s"),
        gettext_lazy("Nothing here can be accepted."),
    ),
)


def bulk_of(user: User, *, status: str) -> Bulk | None:
    """What the user may do at once to the rows of `status`."""
    fitting = (one for one in BULKS if one.status == status and permissions.may(user, one.verb))
    return next(fitting, None)


@require_POST
@for_verb("read")
def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Do it to the chosen rows, or to all that the filter in the address lets through."""
    user = signed_in(request)
    permissions.require(user, verb)
    one = next(known for known in BULKS if known.verb == verb)
    rows = narrow(request.GET, user=user, request=request).filter(external=False)
    if "all" in request.POST:
        rows = rows.filter(status=one.status)
    else:
        chosen = request.POST.getlist("chosen")
        rows = rows.filter(pk__in=[pk for pk in chosen if pk.isdecimal() and len(pk) < 19])
    count = one.do(rows, by=user, on=today())
    if count:
        messages.success(request, str(one.done) % {"count": count})
    else:
        messages.warning(request, str(one.nothing))
    return redirect(f"{reverse('obligations:list')}?{request.GET.urlencode()}")
