"""Pages: what a report can be had as, its tables as files, the page to print."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.models import Department, User
from jobs.models import Job
from reports import denials, excerpts, exports, form_making, offers, print_page
from reports.models import Report, Snapshot

_PAGE_SIZE = 50


@require_GET
@denials.audited()
@for_verb("read_reports")
def forms(request: HttpRequest, pk: int) -> HttpResponse:
    """Every form of one report, its tables, and the work that is under way."""
    user = signed_in(request)
    report = _find(user, pk)
    return render(request, "reports/forms.html", offers.of(report, by=user))


@require_POST
@denials.audited()
@for_verb("make_report")
def make_form(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for another form of a report."""
    user = signed_in(request)
    report = _find(user, pk)
    chosen = request.POST.get("department", "")
    department = None
    if chosen:
        number = int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19 else 0
        department = get_object_or_404(Department.objects.visible_to(user), pk=number)
    try:
        found = form_making.ask(
            report.snapshot, request.POST.get("form", ""), by=user, department=department
        )
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return redirect("reports:forms", report.pk)
    return _onward(found, reverse("reports:forms", args=[report.pk]))


@require_GET
@denials.audited()
@for_verb("read_reports")
def table_file(request: HttpRequest, pk: int, code: str, form: str) -> HttpResponseBase:
    """One table as CSV or JSON, as an attachment; audited."""
    user = signed_in(request)
    encoding = request.GET.get("encoding", exports.ENCODINGS[0])
    snapshot = _find(user, pk).snapshot
    return attached(exports.give(snapshot, code, by=user, form=form, encoding=encoding))


@require_GET
@denials.audited()
@for_verb("read_reports")
def print_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole report on one page that the browser prints, or saves as PDF; audited."""
    user = signed_in(request)
    report = _find(user, pk)
    with translation.override("zh-hans"):
        context = print_page.hand_out(report, by=user, at=timezone.now())
    return render(request, "reports/print.html", context)


@require_GET
@for_verb("take_own_part")
def own(request: HttpRequest) -> HttpResponse:
    """Published reports about many in which the reader's department appears."""
    user = signed_in(request)
    page = Paginator(offers.own_sources(user), _PAGE_SIZE).get_page(request.GET.get("page"))
    parts = offers.own_parts(user, page)
    context = {"page": page, "parts": parts, "jobs": offers.jobs_of(user)}
    return render(request, "reports/own.html", context)


@require_POST
@denials.audited(Snapshot)
@for_verb("take_own_part")
def take_own(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the own department's part of a published report."""
    user = signed_in(request)
    source = get_object_or_404(excerpts.sources(user), pk=pk)
    found = form_making.ask(source, Report.Form.DEPARTMENT, by=user, department=user.department)
    return _onward(found, reverse("reports:own"))


def attached(given: exports.Given) -> HttpResponseBase:
    """The table as an attachment."""
    headers = {"Content-Disposition": content_disposition_header(True, given.name) or ""}
    return StreamingHttpResponse(given.content, content_type=given.media_type, headers=headers)


def _find(user: User, pk: int) -> Report:
    return get_object_or_404(Report.objects.visible_to(user).select_related("snapshot"), pk=pk)


def _onward(found: Report | Job, page: str) -> HttpResponse:
    """To the file where there is one already, else to where its making is shown."""
    return redirect("reports:download", found.pk) if isinstance(found, Report) else redirect(page)
