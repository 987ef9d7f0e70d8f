"""Pages: the plans of reports, their periods, who received what, and what one received oneself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.forms import carried_out
from accounts.models import User
from accounts.versions import require_version_field
from obligations.today import today
from reports import plan_book, planned, plans
from reports.models import PlannedReport, Report, ReportPlan, ReportReceipt
from reports.plan_forms import PlanForm
from reports.recipients import readers

_PAGE_SIZE = 50


@require_GET
@for_verb("read_report_plans")
def index(request: HttpRequest) -> HttpResponse:
    """The plans of the own scope: those in force first, each with its next day."""
    user, on = signed_in(request), today()
    counted = _visible(user).annotate(recipient_count=Count("recipients"))
    found = counted.order_by("ended_on", "region_id", "department_id", "pk")
    shown = sorted(found, key=lambda plan: plan.ended_on is not None)
    last = plan_book.newest(shown)
    coming = planned.coming_of(shown, on=on, count=1)
    lines = [
        {
            "plan": plan,
            "rule": plan_book.rule_words(plan.rule),
            "next": next(iter(coming[plan.pk]), None),
            "last": last.get(plan.pk),
        }
        for plan in shown
    ]
    return render(
        request,
        "reports/plans.html",
        {"lines": lines, "may_make": permissions.may(user, plans.VERB)},
    )


@require_http_methods(["GET", "POST"])
@for_verb("keep_report_plans")
def new(request: HttpRequest) -> HttpResponse:
    by, on = signed_in(request), today()
    form = PlanForm(request.POST or None, by=by, on=on)
    made: list[ReportPlan] = []
    if carried_out(form, lambda: made.append(_make(form, by=by, on=on))):
        messages.success(request, _("The plan is on record."))
        return redirect("reports:plan", made[0].pk)
    return _form(request, form, on=on)


@require_GET
@for_verb("keep_report_plans")
def preview(request: HttpRequest) -> HttpResponse:
    """The days and the people of what the form says so far."""
    by, on = signed_in(request), today()
    key = request.GET.get("plan", "")
    plan = None
    if key.isascii() and key.isdecimal() and len(key) < 19:
        plan = get_object_or_404(_visible(by), pk=int(key))
    form = PlanForm(request.GET, by=by, on=on, plan=plan)
    form.is_valid()
    # What is not filled in yet is no mistake.
    form.errors.pop("recipients", None)
    context = {"form": form, "coming": _coming(form, plan, on=on)}
    return render(request, "reports/partials/plan_preview.html", context)


@require_GET
@for_verb("read_report_plans")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """When it is due next, every period so far, and who receives it."""
    user, on = signed_in(request), today()
    plan = get_object_or_404(_visible(user), pk=pk)
    context = {
        "plan": plan,
        "rule": plan_book.rule_words(plan.rule),
        "coming": planned.coming(plan, on=on, count=plan_book.COMING),
        "periods": plan_book.periods(plan, on=on),
        "recipients": _recipients(plan),
        "may_keep": plans.may_keep(plan, by=user) and plan.ended_on is None,
    }
    return render(request, "reports/plan.html", context)


@require_http_methods(["GET", "POST"])
@for_verb("keep_report_plans")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    by, on = signed_in(request), today()
    plan = get_object_or_404(_visible(by), pk=pk)
    if request.method == "GET" and plan.ended_on:
        return redirect("reports:plan", pk)
    form = PlanForm(request.POST or None, by=by, on=on, plan=plan)
    if request.method == "POST":
        version = require_version_field(request.POST)
        if carried_out(form, lambda: _change(plan, form, by=by, on=on, version=version)):
            messages.success(request, _("Saved. It holds for whatever is not made yet."))
            return redirect("reports:plan", pk)
    return _form(request, form, on=on, plan=plan)


@require_POST
@for_verb("keep_report_plans")
def end(request: HttpRequest, pk: int) -> HttpResponse:
    by = signed_in(request)
    plan = get_object_or_404(_visible(by), pk=pk)
    plans.end(plan, by=by, on=today(), version=require_version_field(request.POST))
    messages.success(request, _("The plan has ended. Its reports stay."))
    return redirect("reports:plan", pk)


@require_GET
@for_verb("read_report_plans")
def period(request: HttpRequest, pk: int) -> HttpResponse:
    """One planned report: how it came about, who read it and who did not."""
    user = signed_in(request)
    row = _period(user, pk)
    receipts = list(row.receipts.order_by("withheld", "opened_at", "pk"))
    known, named = {receipt.user_id for receipt in receipts}, _recipients(row.plan)
    sent = {receipt.user_id for receipt in receipts if not receipt.withheld}
    unsent = any(may_read and person.pk not in sent for person, may_read in named)
    context = {
        "row": row,
        "line": plan_book.line_of(row),
        "receipts": receipts,
        # A leader sees the period before its report is published, and not the report.
        "reports": Report.objects.visible_to(user).filter(snapshot=row.snapshot).order_by("pk")[:1],
        "waiting": [one for one in named if one[0].pk not in known],
        "may_deliver": unsent and plans.may_keep(row.plan, by=user),
    }
    return render(request, "reports/planned.html", context)


@require_POST
@for_verb("keep_report_plans")
def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    """To those who were named, or may read it again, since it was sent; each gets it once."""
    by = signed_in(request)
    row = _period(by, pk)
    sent = planned.deliver_row(row, by=by, on=today())
    messages.success(request, _("Sent to: %(count)s.") % {"count": len(sent)})
    return redirect("reports:planned", pk)


@require_GET
@for_verb("read_reports")
def received(request: HttpRequest) -> HttpResponse:
    """What was sent to the reader, the newest first."""
    own = ReportReceipt.objects.received_by(signed_in(request)).select_related(
        "snapshot", *(f"planned__{name}" for name in planned.PLAN_SCOPE)
    )
    files = Prefetch("snapshot__reports", Report.objects.order_by("pk"))
    found = own.prefetch_related(files).order_by("-sent_at", "-pk")
    page = Paginator(found, _PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "reports/received.html", {"page": page})


def _visible(user: User) -> Any:
    found = ReportPlan.objects.visible_to(user)
    return found.with_scope().select_related("made_by")


def _period(user: User, pk: int) -> PlannedReport:
    rows = PlannedReport.objects.visible_to(user).select_related(
        "job", "snapshot", *planned.PLAN_SCOPE
    )
    return get_object_or_404(rows, pk=pk)


def _recipients(plan: ReportPlan) -> list[tuple[User, bool]]:
    """Each with whether they would get a report sent now."""
    may = set(readers(plan.scope).values_list("pk", flat=True))
    named = plan.recipients.select_related("department").order_by("role", "pk")
    return [(user, user.pk in may) for user in named]


def _make(form: PlanForm, *, by: User, on: dt.date) -> ReportPlan:
    said, rule = form.cleaned_data, form.rule()
    assert rule is not None
    return plans.make(
        form.scope,
        rule=rule,
        recipients=said["recipients"],
        active_from=said["active_from"],
        by=by,
        on=on,
    )


def _change(plan: ReportPlan, form: PlanForm, *, by: User, on: dt.date, version: int) -> None:
    rule = form.rule()
    assert rule is not None
    recipients = form.cleaned_data["recipients"]
    plans.change(plan, rule=rule, recipients=recipients, by=by, on=on, version=version)


def _coming(form: PlanForm, plan: ReportPlan | None, *, on: dt.date) -> Any:
    """The days on which the plan would be due; None as long as the form says no rule."""
    rule = form.rule()
    since = plan.active_from if plan else form.cleaned_data.get("active_from")
    if rule is None or since is None:
        return None
    try:
        found = plans.would_be(form.scope, rule=rule, active_from=since, on=on, plan=plan)
    except RuleViolation:
        return None
    return planned.coming(found, on=on - dt.timedelta(days=1), count=plan_book.COMING)


def _form(
    request: HttpRequest, form: PlanForm, *, on: dt.date, plan: ReportPlan | None = None
) -> HttpResponse:
    bound = form if form.is_bound else PlanForm(_as_data(form), by=form.by, on=on, plan=plan)
    bound.is_valid()
    context = {"form": form, "plan": plan, "coming": _coming(bound, plan, on=on)}
    status = 200 if request.method == "GET" else 409 if form.non_field_errors() else 422
    return render(request, "reports/plan_form.html", context, status=status)


def _as_data(form: PlanForm) -> dict[str, Any]:
    """What the blank form shows, as if it had been sent: its preview is that of any other."""
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
