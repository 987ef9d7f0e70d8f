"""Pages: the reports a user may have, making one, taking one away."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import User
from jobs.models import Job
from obligations.today import today
from reports import denials, downloads, making
from reports.forms import ReportFilter, ReportForm, blank_form
from reports.models import Report
from reports.models.reports import ReportQuerySet

_PAGE_SIZE = 50
_NEWEST = 5


@require_GET
@for_verb("read_reports")
@vary_on_headers("HX-Request")
def index(request: HttpRequest) -> HttpResponse:
    """Reports, the latest day first, the form for a new one, and the work that is under way."""
    user = signed_in(request)
    if request.htmx:  # type: ignore[attr-defined]
        # The leader's first page shows the newest ones.
        newest = {"reports": _listed(user).order_by("-snapshot__as_of", "-pk")[:_NEWEST]}
        return render(request, "reports/partials/newest.html", newest)
    form = blank_form(user) if permissions.may(user, "make_report") else None
    return _show(request, form)


@require_POST
@for_verb("make_report")
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a report; the list shows how far it is, or what is wrong beside what was chosen."""
    user = signed_in(request)
    form = ReportForm(request.POST, by=user)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        job = making.ask(on=form.cleaned_data["on"], today=today(), by=user, scope=form.scope)
    except RuleViolation as refusal:
        return _show(request, form, refusal=refusal, status=409)
    return redirect(f"{reverse('reports:list')}?job={job.pk}")


def _listed(user: User) -> ReportQuerySet:
    return Report.objects.listed_for(user).select_related("snapshot", "made_by")


def _show(
    request: HttpRequest,
    form: ReportForm | None,
    *,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    user = signed_in(request)
    found = _listed(user)
    narrowed = ReportFilter(request.GET, queryset=found, request=request)
    reports = narrowed.qs if narrowed.is_valid() else found.none()
    live = Job.objects.visible_to(user).live().filter(kind="reports.make")
    asked = request.GET.get("job", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        live |= Job.objects.visible_to(user).filter(kind="reports.make", pk=int(asked))
    ordered = reports.order_by("-snapshot__as_of", "-pk")
    page = Paginator(ordered, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        # After a refusal the page's own address only takes acts.
        "list_address": reverse("reports:list"),
        "page": page,
        "form": form,
        "refusal": refusal,
        "jobs": [(job, making.told(job)) for job in live.order_by("-pk")[:5]],
        "may_import": permissions.may(user, "import_list"),
        "may_take_own": permissions.may(user, "take_own_part"),
        "filter": narrowed,
        "has_lists": bool(page.object_list) or making.has_lists(),
        "is_narrowed": any(request.GET.get(name) for name in narrowed.filters),
    }
    return render(request, "reports/list.html", context, status=status)


@require_GET
@denials.audited()
@for_verb("read_reports")
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, as an attachment with its Chinese name; audited, and so is who may not have it."""
    user = signed_in(request)
    found = Report.objects.visible_to(user).select_related("snapshot")
    report = get_object_or_404(found, pk=pk)
    return downloads.respond(report, by=user)
