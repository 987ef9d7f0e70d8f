"""The page of one report: where it stands, its figures with their rows, and what is to be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import for_verb, signed_in
from accounts.models import User
from accounts.paging import LARGEST_KEY
from accounts.versions import require_version_field
from obligations import rates
from obligations.today import today
from reports import addresses, changes, counted, denials, headlines, publishing, receipts
from reports.forms import ReasonForm
from reports.models import ObligationLine, Report, Snapshot
from reports.pages import Page

_PAGE_SIZE = 50
# Address -> what is done, and what the page says afterwards.
_ACTS: dict[str, tuple[Callable[..., None], Promise]] = {
    "review": (publishing.review, _("Reviewed. Another coordinator may publish it now.")),
    "publish": (publishing.publish, _("Published. It stays as it is, for ever.")),
    "tie-scores": (publishing.tie_scores, _("It is published together with its scores.")),
    "remake": (
        publishing.remake_workbook,
        _("The workbook is being made anew. Reload the page in a moment."),
    ),
    "untie-scores": (publishing.untie_scores, _("It is published without scores.")),
}
_REASONED: dict[str, tuple[Callable[..., None], Promise]] = {
    "send-back": (publishing.send_back, _("Sent back: it is a draft again.")),
    "withdraw": (publishing.withdraw, _("Withdrawn. It stays readable, with the reason.")),
}
ACTS = (*_ACTS, *_REASONED)
# Numbers that count claims, not their obligations.
_OF_CLAIMS = ("decided", "decided_in_time")


@require_GET
@denials.audited()
@for_verb("read_reports")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One report, whole."""
    user = signed_in(request)
    page = Page(_report(user, pk), user, today())
    receipts.opened(page.snapshot, user)
    context = {
        "one": page,
        "report": page.report,
        "snapshot": page.snapshot,
        "reason": ReasonForm(),
    }
    return render(request, "reports/report.html", context)


@require_GET
@denials.audited()
@for_verb("read_reports")
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly the frozen rows that a number of the report, or a sort of its changes, counts."""
    report = _report(signed_in(request), pk)
    number, department = request.GET.get("number", ""), _key(request.GET.get("department", ""))
    snapshot, change = report.snapshot, request.GET.get("change", "")
    if change:
        found, label = _changed(snapshot, change), str(changes.LABELS[change])
    elif number in headlines.NUMBERS:
        found = headlines.rows_of(snapshot, number, department=department)
        label = str(headlines.NUMBERS[number])
    else:
        raise Http404
    ordered = found.order_by("department_position", "department_id", "due_on", "position", "pk")
    page = _page(ordered, request.GET.get("page"))
    context = {
        "report": report,
        "snapshot": snapshot,
        "page": page,
        "lines": [(row, changes.earlier(row) if change else None) for row in page],
        "change": change,
        "is_gone": change == changes.GONE,
        "label": label,
        "department": found.values_list("department_name", flat=True).first() if department else "",
        "of_claims": number in _OF_CLAIMS,
        "claims": headlines.claims_of(found, number) if number in _OF_CLAIMS else 0,
        "today_url": addresses.obligations_url(snapshot, number, department=department),
    }
    return render(request, "reports/rows.html", context)


@require_GET
@denials.audited()
@for_verb("read_reports")
def counted_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly what a part of a further rate counts, as it was frozen."""
    report = _report(signed_in(request), pk)
    code, part = request.GET.get("rate", ""), request.GET.get("part", "")
    department = _key(request.GET.get("department", ""))
    if code not in counted.codes() or part not in (rates.NUMERATOR, rates.DENOMINATOR):
        raise Http404
    found = counted.rows_of(report.snapshot, code, part=part, department=department)
    page = Paginator(found.order_by(*counted.ORDER), _PAGE_SIZE).get_page(request.GET.get("page"))
    label, meaning = counted.label_of(code)
    context = {
        "report": report,
        "snapshot": report.snapshot,
        "page": page,
        "lines": counted.with_lines(report.snapshot, list(page)),
        "total": counted.total_of(found),
        "label": label,
        "meaning": meaning,
        "part": part,
        "of_requests": any(one.subject_id for one in page),
    }
    return render(request, "reports/counted.html", context)


@require_POST
@denials.audited()
@for_verb("publish_report")
def act(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Review, send back, publish, withdraw; tie the scores to it or take them off."""
    user = signed_in(request)
    report = _report(user, pk)
    said = {"by": user, "on": today(), "version": require_version_field(request.POST)}
    if deed in _REASONED:
        form = ReasonForm(request.POST)
        said["reason"] = form.cleaned_data["reason"] if form.is_valid() else ""
    do, done = {**_ACTS, **_REASONED}[deed]
    do(report.snapshot, **said)
    messages.success(request, str(done))
    return redirect("reports:detail", report.pk)


def _changed(snapshot: Snapshot, code: str) -> QuerySet[ObligationLine]:
    previous = changes.previous_of(snapshot)
    sorts = changes.between(snapshot, previous) if previous else []
    for sort in sorts:
        if sort.code == code:
            return sort.lines
    raise Http404


def _page(ordered: QuerySet[ObligationLine], asked: str | None) -> Any:
    """The lines of a page; the database sorts keys alone, of which there may be 100,000."""
    page: Any = Paginator(ordered.values_list("pk", flat=True), _PAGE_SIZE).get_page(asked)
    keys = list(page)
    known = ordered.defer("terms").in_bulk(keys)
    page.object_list = [known[key] for key in keys]
    return page


def _report(user: User, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(user).with_what_it_is_of(), pk=pk)


def _key(text: str) -> int | None:
    """The number of a department; none is named by nothing, and found by nonsense."""
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 19 and int(text) <= LARGEST_KEY:
        return int(text)
    raise Http404
