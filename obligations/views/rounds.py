"""The monthly round: opened and watched by coordinators, answered by departments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, VersionMissing
from accounts.forms import carried_out
from accounts.models import User
from jobs.models import Job
from obligations import exporting, round_book, round_requests, round_rules, rounds
from obligations.models import Round, RoundAnswer
from obligations.models.rounds import RoundAnswerQuerySet
from obligations.round_book import Tally
from obligations.round_forms import AnswerForm, OpenRoundForm, RoundRuleForm
from obligations.today import today
from obligations.views.files import SHEET_TYPE
from obligations.views.versions import require_version_field

PAGE_SIZE = 50
ROUNDS_SHOWN = 60


@require_http_methods(["GET", "POST"])
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    """All rounds of the own scope; coordinators open one here."""
    user, on = signed_in(request), today()
    context: dict[str, Any] = {}
    if request.method == "POST":
        permissions.require(user, "keep_rounds")
    if permissions.may(user, "keep_rounds"):
        form = OpenRoundForm(request.POST or None, user=user, on=on)
        made: list[Round | Job] = []
        if carried_out(
            form,
            lambda: made.append(round_requests.open_round(by=user, on=on, **form.cleaned_data)),
        ):
            if isinstance(made[0], Job):
                return redirect("obligations:rounds")
            messages.success(request, _("Opened. Every department finds it on its first page."))
            return redirect("obligations:round", made[0].pk)
        context = {"form": form, "job": round_requests.job_of(user), **_rule(user, on=on)}
    found = Round.objects.visible_to(user).select_related("region", "list")
    shown = list(found.order_by("-month", "-pk")[:ROUNDS_SHOWN])
    answers = RoundAnswer.objects.visible_to(user).filter(round__in=shown)
    counted = round_book.tallies(answers, "round_id")
    context["rounds"] = [(one, counted.get(one.pk, Tally())) for one in shown]
    status = 422 if request.method == "POST" else 200
    return render(request, "obligations/rounds.html", {**context, "on": on}, status=status)


@require_POST
@for_verb("keep_rounds")
def rule(request: HttpRequest) -> HttpResponse:
    """When rounds open by themselves, of the own scope."""
    by, on = signed_in(request), today()
    form = RoundRuleForm(request.POST, rule=round_rules.of(by.region))
    version = require_version_field(request.POST)
    if carried_out(
        form,
        lambda: round_rules.change(by.region, by=by, on=on, version=version, **form.figures()),
    ):
        messages.success(request, _("Saved."))
    else:
        problems = [str(one) for errors in form.errors.values() for one in errors]
        messages.error(request, " ".join(problems))
    return redirect("obligations:rounds")


@require_GET
@for_verb("read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A department's rows to fill in; for coordinators and leaders who answered and who did not."""
    user, on = signed_in(request), today()
    held = _find(user, pk)
    context: dict[str, Any] = {"round": held, "on": on, "past": held.is_past(on)}
    context["may_keep"] = rounds.may_keep(held, by=user)
    department = request.GET.get("department", "")
    if user.role in user.OF_A_DEPARTMENT or department.isdecimal():
        return _rows(request, held, context, department=department)
    lines = round_book.by_department(held, user=user)
    context["lines"] = lines
    context["total"] = _tally(held, user)
    return render(request, "obligations/round.html", context)


@require_POST
@for_verb("answer_round")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """One row; a refusal stands beside it, and what was written stays."""
    user, on = signed_in(request), today()
    row = get_object_or_404(round_book.with_titles(RoundAnswer.objects.visible_to(user)), pk=pk)
    form = AnswerForm(request.POST)
    try:
        if not form.is_valid():
            raise RuleViolation(_("At most 4,000 characters in each field."))
        version = require_version_field(request.POST)
        rounds.answer(row, by=user, on=on, version=version, **form.cleaned_data)
    except RuleViolation as refusal:
        status = 428 if isinstance(refusal, VersionMissing) else 409
        return _row(request, pk, refusal=refusal, typed=form.data, status=status)
    if request.htmx:  # type: ignore[attr-defined]
        return _row(request, pk, saved=True)
    return redirect("obligations:round", row.round_id)


@require_POST
@for_verb("answer_round")
def answer_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """The same word for all that is not answered yet."""
    user = signed_in(request)
    held = _find(user, pk)
    count = rounds.answer_rest(held, kind=request.POST.get("kind", ""), by=user, on=today())
    messages.success(request, _("Answered: %(count)s") % {"count": count})
    return redirect("obligations:round", pk)


@require_POST
@for_verb("keep_rounds")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """No more answers."""
    user = signed_in(request)
    held = _find(user, pk)
    version = require_version_field(request.POST)
    rounds.close(held, by=user, on=today(), version=version)
    messages.success(request, _("Closed. What was said stays, and who was silent."))
    return redirect("obligations:round", pk)


@require_GET
@for_verb("read")
def export(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """All rows of the round that the user may see."""
    user = signed_in(request)
    held = _find(user, pk)
    table = round_book.table(held, user=user, form=form)
    name = content_disposition_header(True, round_book.file_name(held, form=form)) or ""
    headers = {"Content-Disposition": name}
    if form == "csv":
        lines = exporting.lines_of(table)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
    return HttpResponse(
        exporting.book_of("月调度", table), content_type=SHEET_TYPE, headers=headers
    )


def _find(user: User, pk: int) -> Round:
    return get_object_or_404(Round.objects.visible_to(user).select_related("region", "list"), pk=pk)


def _rule(user: User, *, on: dt.date) -> dict[str, Any]:
    held = round_rules.of(user.region)
    days = round_rules.days_of(held, on)
    return {"rule": held, "rule_form": RoundRuleForm(rule=held), "rule_days": days}


def _rows(
    request: HttpRequest, held: Round, context: dict[str, Any], *, department: str
) -> HttpResponse:
    user = signed_in(request)
    rows = round_book.rows_of(held, user=user)
    if user.role not in user.OF_A_DEPARTMENT:
        rows = rows.filter(department_id=int(department) if len(department) < 19 else 0)
    tally = _tally(held, user, rows)
    only_open = request.GET.get("only") == "open"
    shown = rounds.owed(rows) if only_open else rows
    page = Paginator(round_book.with_titles(shown), PAGE_SIZE)
    context |= {
        "page": page.get_page(request.GET.get("page")),
        "tally": tally,
        "only_open": only_open,
        "may_answer": held.is_open and permissions.may(user, "answer_round"),
        "hide_department": user.role in user.OF_A_DEPARTMENT,
    }
    return render(request, "obligations/round_rows.html", context)


def _tally(held: Round, user: User, rows: RoundAnswerQuerySet | None = None) -> Tally:
    """Of the given rows, or of all that the user may see."""
    if rows is None:
        rows = RoundAnswer.objects.visible_to(user).filter(round=held)
    return round_book.tallies(rows.order_by(), "round_id").get(held.pk, Tally())


def _row(
    request: HttpRequest,
    pk: int,
    *,
    refusal: RuleViolation | None = None,
    typed: Any = None,
    saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The row as it is now, with what was typed where it could not be kept."""
    user = signed_in(request)
    rows = RoundAnswer.objects.visible_to(user)
    rows = rows.annotate(still_open=round_book.still_open())
    row = get_object_or_404(round_book.with_titles(rows), pk=pk)
    context = {
        "row": row,
        "typed": typed,
        "refusal": refusal,
        "saved": saved,
        "may_answer": row.round.is_open,
        "hide_department": True,
    }
    name = "obligations/round_row.html"
    if request.htmx:  # type: ignore[attr-defined]
        name = "obligations/partials/round_row.html"
    if saved:
        # The figures above the rows go with it.
        name = "obligations/partials/round_saved.html"
        context |= {"round": row.round, "tally": _tally(row.round, user)}
    return render(request, name, context, status=status)
