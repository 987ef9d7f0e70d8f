"""Doing one thing to many obligations: the chosen rows, or all of a filter after a look at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, VersionMissing
from accounts.models import User
from obligations import completion, dispatch, extensions, transitions
from obligations.forms import ApproveExtensionForm, DeedForm, IssueForm, PlanManyForm, ReasonForm
from obligations.lateness import lateness
from obligations.listing import narrow, require_now
from obligations.models import Extension, Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.overview import shown
from obligations.today import today

MAX_CHOSEN = 5000
ROWS_SHOWN = 50
_LONGEST = 19


@dataclass(frozen=True)
class Bulk:
    """What can be done at once. `waiting` ties it to a filter instead of a status."""

    verb: str
    label: Promise
    done: Promise
    do: Callable[..., int]
    form: type[DeedForm] = DeedForm
    waiting: str = ""

    @property
    def slug(self) -> str:
        return self.verb.replace("_", "-")

    @property
    def address(self) -> str:
        return f"obligations:{self.slug}-many"

    @property
    def asks(self) -> bool:
        """Whether something is to be filled in first."""
        return bool(self.form.base_fields) and self.verb != "issue"


BULKS = (
    Bulk(
        "issue",
        gettext_lazy("Issue"),
        gettext_lazy("Issued: %(count)s"),
        dispatch.issue_many,
        IssueForm,
    ),
    Bulk(
        "accept",
        gettext_lazy("Accept"),
        gettext_lazy("Accepted: %(count)s"),
        dispatch.accept_many,
    ),
    Bulk(
        "endorse",
        gettext_lazy("Endorse"),
        gettext_lazy("Endorsed: %(count)s"),
        completion.endorse_many,
    ),
    Bulk(
        "verify",
        gettext_lazy("Verify and close"),
        gettext_lazy("Verified: %(count)s"),
        completion.verify_many,
    ),
    Bulk(
        "send_back",
        gettext_lazy("Send back"),
        gettext_lazy("Sent back: %(count)s"),
        completion.send_back_many,
        ReasonForm,
    ),
    Bulk(
        "approve_extension",
        gettext_lazy("Approve the extension"),
        gettext_lazy("Extensions approved: %(count)s"),
        extensions.approve_many,
        ApproveExtensionForm,
        waiting="extension",
    ),
    Bulk(
        "refuse_extension",
        gettext_lazy("Refuse the extension"),
        gettext_lazy("Extensions refused: %(count)s"),
        extensions.refuse_many,
        ReasonForm,
        waiting="extension",
    ),
    Bulk(
        "plan",
        gettext_lazy("Set the planned date"),
        gettext_lazy("Planned: %(count)s"),
        dispatch.plan_many,
        PlanManyForm,
    ),
    Bulk(
        "withdraw",
        gettext_lazy("Withdraw"),
        gettext_lazy("Withdrawn: %(count)s"),
        dispatch.withdraw_many,
        ReasonForm,
    ),
)


def bulks_of(user: User, data: QueryDict) -> list[Bulk]:
    """What the user may do at once to the rows of this filter, which names one status."""
    status, waiting = data.get("status", ""), data.get("waiting", "")
    return [one for one in BULKS if _fits(one, user, status=status, waiting=waiting)]


def _fits(one: Bulk, user: User, *, status: str, waiting: str) -> bool:
    if not permissions.may(user, one.verb):
        return False
    if one.waiting:
        return one.waiting == waiting
    return bool(transitions.of(one.verb, status, user.role))


@require_POST
@for_verb("read")
def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """Do it to the chosen rows. What asks for words, and all rows of a filter, are shown first."""
    user = signed_in(request)
    permissions.require(user, verb)
    one = next(known for known in BULKS if known.verb == verb)
    sure = "rows" in request.POST
    chosen = _chosen(request, one, user)
    if not chosen:
        messages.warning(request, _("No row was chosen for this."))
        return _back(request)
    rows = _visible(user, chosen)
    form = one.form(request.POST if sure else None, obligation=None, deed=one.slug)
    if not sure and (one.asks or "all" in request.POST):
        return _look(request, one, rows, chosen, form)
    if sure and not form.is_valid():
        return _look(request, one, rows, chosen, form, status=422)
    said: dict[str, Any] = form.cleaned_data if sure else {}
    try:
        count = one.do(rows, by=user, on=today(), versions=chosen, **said)
    except RuleViolation as refusal:
        context = {"bulk": one, "refusal": refusal, "count": len(chosen), "back": _list(request)}
        return render(request, "obligations/bulk_refused.html", context, status=409)
    messages.success(request, str(one.done) % {"count": count})
    return _back(request)


def _chosen(request: HttpRequest, one: Bulk, user: User) -> dict[int, int]:
    """Key -> the version that the page showed; for all of a filter, the present ones."""
    require_now(request.GET)
    if "rows" in request.POST:
        return pairs_of(request.POST["rows"].split(","))
    if "all" not in request.POST:
        return pairs_of(request.POST.getlist("chosen"))
    rows = narrow(request.GET, user=user, request=request).filter(external=False)
    if one.waiting:
        waiting = Extension.objects.filter(outcome="").values("obligation")
        rows = rows.filter(pk__in=waiting)
    else:
        starts = [s for s in transitions.STATUSES if transitions.of(one.verb, s, user.role)]
        rows = rows.filter(status__in=starts)
    found = dict(rows.order_by("pk").values_list("pk", "version")[: MAX_CHOSEN + 1])
    if len(found) > MAX_CHOSEN:
        raise RuleViolation(
            _("More than %(count)s rows at once: narrow the filter first.") % {"count": MAX_CHOSEN}
        )
    return found


def pairs_of(texts: list[str]) -> dict[int, int]:
    """“key:version” as a form carries it; VersionMissing (428) where one cannot be read."""
    found = {}
    for text in texts:
        key, _colon, version = text.partition(":")
        readable = all(part.isascii() and part.isdecimal() for part in (key, version))
        if not readable or len(key) >= _LONGEST or len(version) >= _LONGEST:
            raise VersionMissing(
                _("The request did not say which version it was based on: reload the page.")
            )
        found[int(key)] = int(version)
    return found


def joined(chosen: Mapping[int, int]) -> str:
    """What `pairs_of` reads, as one field."""
    return ",".join(f"{key}:{version}" for key, version in chosen.items())


def _visible(user: User, chosen: Mapping[int, int]) -> ObligationQuerySet:
    """The chosen rows; 404 when one of them is none of the user's."""
    rows = Obligation.objects.visible_to(user).filter(pk__in=chosen)
    if rows.count() != len(chosen):
        raise Http404
    return rows


def _look(
    request: HttpRequest,
    one: Bulk,
    rows: ObligationQuerySet,
    chosen: Mapping[int, int],
    form: DeedForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "bulk": one,
        "form": form,
        "count": len(chosen),
        "rows": shown(rows).order_by("department__position", "pk")[:ROWS_SHOWN],
        "carried": joined(chosen),
        "lateness": lateness(today()),
        "back": _list(request),
    }
    return render(request, "obligations/bulk.html", context, status=status)


def _list(request: HttpRequest) -> str:
    return f"{reverse('obligations:list')}?{request.GET.urlencode()}"


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(_list(request))
