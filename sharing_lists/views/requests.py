"""共享申请 and 校核申请: what is open, what fell due, and what people record of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import View, for_verb, signed_in
from accounts.errors import RuleViolation, StaleVersion
from accounts.models import Role, User
from accounts.versions import require_version_field
from obligations import rate_table, rates
from obligations.models import Obligation
from obligations.today import past_day_of, today
from sharing_lists import request_lines, request_rates, requesting
from sharing_lists.models import DataRequest
from sharing_lists.models.requests import DataRequestQuerySet
from sharing_lists.request_forms import RequestForm, acts, form_of
from sharing_lists.requesting import Asked, Consent

_SHOWN = 50
STATES = ("open", "late", "all")


@require_http_methods(["GET", "POST"])
@for_verb("read")
def index(request: HttpRequest) -> HttpResponseBase:
    """Open ones, late ones, or all; the rows of an indicator's part. A POST records one."""
    if request.method == "POST":
        return record(request)
    user, on = signed_in(request), today()
    seen = DataRequest.objects.visible_to(user)
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    asked = request.GET if request.GET.get("indicator") else None
    found = _of_indicator(request, user) if asked else _in_state(seen, state, on)
    joined = found.select_related(
        "obligation__item", "obligation__department", "department", "recorded_by"
    ).defer("obligation__item__raw")
    page = Paginator(joined, _SHOWN).get_page(request.GET.get("page"))
    keys = [one.obligation_id for one in page.object_list]
    linked = Obligation.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)
    context = {
        "page": page,
        "lines": [
            (line, acts(set(line.verbs) & {"take_back"}, line.request.pk, on=on))
            for line in request_lines.lines(page.object_list, user, on=on, linked=set(linked))
        ],
        "asked": asked,
        "state": state,
        "open": seen.open().count(),
        "late": seen.late(on).count(),
        "today": on,
        "form": RequestForm(by=user, on=on) if user.role == Role.OFFICER else None,
    }
    return render(request, "sharing_lists/requests.html", context)


@for_verb("record_request")
def record(request: HttpRequest) -> HttpResponse:
    """Put a request on record; what is wrong with it is said above the page."""
    user, on = signed_in(request), today()
    wanted = request.POST.get("request-obligation", "")
    if not wanted.isascii() or not wanted.isdecimal() or len(wanted) > 15:
        raise Http404
    row = get_object_or_404(requesting.askable(user, on=on), pk=wanted)
    form = RequestForm(request.POST, by=user, on=on, row=row)
    if not form.is_valid():
        _say_errors(request, form)
        return _back(row.pk, user)
    said = {"department": user.department, **form.cleaned_data}
    try:
        requesting.record(row, Asked(**said), by=user, on=on)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The request is on record, with the days of its clocks."))
    return _back(row.pk, user)


def _act(verb: str) -> View:
    """The view of one act on one request."""

    def act(request: HttpRequest, pk: int) -> HttpResponse:
        user, on = signed_in(request), today()
        one = get_object_or_404(DataRequest.objects.visible_to(user), pk=pk)
        version = require_version_field(request.POST)
        form = form_of(verb, pk, request.POST, on=on)
        if not form.is_valid():
            _say_errors(request, form)
            return _back(one.obligation_id, user)
        said: dict[str, Any] = {"by": user, "on": on, "version": version}
        try:
            if verb == "extend":
                requesting.extend(one, Consent(**form.cleaned_data), **said)
            else:
                getattr(requesting, verb)(one, **form.cleaned_data, **said)
        except StaleVersion:
            raise
        except RuleViolation as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Recorded."))
        return _back(one.obligation_id, user)

    return require_POST(for_verb(f"{verb}_request")(act))


reply, extend, deliver = _act("reply"), _act("extend"), _act("deliver")
correct, take_back = _act("correct"), _act("take_back")


def _in_state(seen: DataRequestQuerySet, state: str, on: dt.date) -> DataRequestQuerySet:
    if state == "all":
        return seen.order_by("-asked_on", "-pk")
    found = seen.late(on) if state == "late" else seen.open()
    ordered: DataRequestQuerySet = found.with_day().order_by("day", "pk")
    return ordered


def _of_indicator(request: HttpRequest, user: User) -> DataRequestQuerySet:
    """As the table of indicators counts them."""
    data, on = request.GET, past_day_of(request.GET.get("on", ""))
    rows = rate_table.narrowed(data, user=user, request=request)
    rows = rates.applicable_at(rows, on=on, today=today())
    code, part = data.get("indicator", ""), data.get("part", "")
    found = request_rates.counted(rows, code, part=part, on=on)
    return found.order_by("-asked_on", "-pk")


def _back(obligation_id: int, user: User) -> HttpResponse:
    """To the obligation, where the user may open it."""
    if Obligation.objects.visible_to(user).filter(pk=obligation_id).exists():
        return redirect(reverse("obligations:detail", args=[obligation_id]) + "#data-requests")
    return redirect("sharing_lists:requests")


def _say_errors(request: HttpRequest, form: Any) -> None:
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, " ".join(filter(None, (f"{label}", *errors))))
