"""Scores: of a day as they are, and the statements of scores on their way to publication."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.models import Department, User
from jobs.models import Job
from obligations import freshness, score_book, score_rules, score_statements, scoring
from obligations.models import ScoreLine, ScoreObjection, ScoreSheet, ScoreStatement
from obligations.score_book import Row
from obligations.score_forms import DraftForm, ObjectionForm, RulingForm
from obligations.today import past_day_of, today
from obligations.views.files import SHEET_TYPE
from obligations.views.versions import require_version_field

PAGE_SIZE = 100
STATEMENTS_SHOWN = 60


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    """Scores at the end of a day, and every statement that the user may see."""
    user, on = signed_in(request), past_day_of(request.GET.get("on", ""))
    rule = score_rules.on(on)
    rows = score_book.own_rows(user)
    statements = ScoreStatement.objects.visible_to(user).select_related("region")
    jobs = Job.objects.visible_to(user).filter(kind=score_statements.JOB).order_by("-pk")
    context = {
        "standings": scoring.standings(rows, rule=rule, on=on, today=today()),
        "freshness": freshness.for_user(user, on=on),
        "statements": statements.order_by("-as_of", "-pk")[:STATEMENTS_SHOWN],
        "compared": user.role in user.SCOPED,
        "rule": rule,
        "on": on,
        "today": today(),
        "may_keep": permissions.may(user, "keep_scores"),
        "job": jobs.first() if "asked" in request.GET else jobs.live().first(),
        "form": DraftForm(initial={"as_of": on}),
    }
    return render(request, "obligations/scores.html", context)


@require_GET
@for_verb("read")
def department(request: HttpRequest, pk: int) -> HttpResponse:
    """得分明细 of one department as it is."""
    user, on = signed_in(request), past_day_of(request.GET.get("on", ""))
    found = get_object_or_404(Department.objects.visible_to(user), pk=pk)
    rule = score_rules.on(on)
    score, rows = score_book.of_day(found, rule=rule, on=on, today=today(), by=user)
    context = {
        "department": found,
        "on": on,
        "score": score.shown,
        "parts": [one.as_json() for one in score.parts],
        "rule": rule,
        "freshness": freshness.of(Department.objects.filter(pk=found.pk), on=on),
    }
    return render(request, "obligations/score_day.html", {**context, **_paged(request, rows)})


@require_GET
@for_verb("read")
def department_book(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    user, on = signed_in(request), past_day_of(request.GET.get("on", ""))
    found = get_object_or_404(Department.objects.visible_to(user), pk=pk)
    rule = score_rules.on(on)
    _score, rows = score_book.of_day(found, rule=rule, on=on, today=today(), by=user)
    return _book(rows, name=found.name, on=on, by=user)


@require_POST
@for_verb("keep_scores")
def draft(request: HttpRequest) -> HttpResponse:
    """Have a statement drafted; the page shows how far it is."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for one in form.errors["as_of"]))
        return redirect("obligations:scores")
    score_statements.ask(as_of=form.cleaned_data["as_of"], by=signed_in(request), today=today())
    response = redirect("obligations:scores")
    response["Location"] += "?asked=1"
    return response


@require_GET
@for_verb("read")
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Every sheet of a statement that the user may see, and what may be done with it."""
    user, on = signed_in(request), today()
    found = _statement(user, pk)
    sheets = ScoreSheet.objects.visible_to(user).filter(statement=found)
    waiting = ScoreObjection.objects.filter(line__sheet__in=sheets).select_related("line__sheet")
    context = {
        "statement": found,
        "sheets": sheets.order_by("position", "pk"),
        "objections": waiting.order_by("-outcome", "pk")[:PAGE_SIZE],
        "waiting_count": waiting.filter(outcome="").count(),
        "on": on,
        "may_keep": permissions.may(user, "keep_scores"),
        "window_over": bool(found.objections_until and on > found.objections_until),
        "drafted_it": found.drafted_by_id == user.pk,
    }
    return render(request, "obligations/score_statement.html", context)


@require_POST
@for_verb("keep_scores")
def move(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Open a statement for objections, publish it, or put the draft aside."""
    user, on = signed_in(request), today()
    found = _statement(user, pk)
    version = require_version_field(request.POST)
    if deed == "open":
        score_statements.open_objections(found, by=user, on=on, version=version)
        messages.success(request, _("Open. Every department sees its sheet and may object."))
    elif deed == "publish":
        score_statements.publish(found, by=user, on=on, version=version)
        messages.success(request, _("Published. It stays as it is, for ever."))
    else:
        score_statements.discard(found, by=user, on=on, version=version)
        messages.success(request, _("Discarded. The day may be drafted again."))
    return redirect("obligations:score-statement", pk)


@require_GET
@for_verb("read")
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """得分明细 of one department as it was frozen, with objections and rulings."""
    user, on = signed_in(request), today()
    found = _sheet(user, pk)
    _score, rows = score_book.of_sheet(found)
    mine = user.department_id == found.department_id
    context = {
        "sheet": found,
        "may_object": mine
        and permissions.may(user, "object_to_score")
        and found.statement.takes_objections(on),
        "may_rule": permissions.may(user, "keep_scores")
        and found.statement.state == ScoreStatement.State.OPENED,
        "objection_form": ObjectionForm(auto_id=False),
        "ruling_form": RulingForm(auto_id=False),
        **_paged(request, rows),
    }
    return render(request, "obligations/score_sheet.html", context)


@require_GET
@for_verb("read")
def sheet_book(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook."""
    user = signed_in(request)
    found = _sheet(user, pk)
    _score, rows = score_book.of_sheet(found)
    return _book(rows, name=found.department_name, on=found.statement.as_of, by=user)


@require_POST
@for_verb("object_to_score")
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """The department contests one line."""
    user = signed_in(request)
    sheets = ScoreSheet.objects.visible_to(user)
    line = get_object_or_404(ScoreLine, pk=pk, sheet__in=sheets)
    version, form = require_version_field(request.POST), ObjectionForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    score_statements.object_to(line, by=user, on=today(), reason=reason, version=version)
    messages.success(request, _("Your objection is on record; a coordinator rules on it."))
    return redirect("obligations:score-sheet", line.sheet_id)


@require_POST
@for_verb("keep_scores")
def rule_on(request: HttpRequest, pk: int) -> HttpResponse:
    """A coordinator rules on an objection; the score follows."""
    user = signed_in(request)
    sheets = ScoreSheet.objects.visible_to(user)
    found = get_object_or_404(
        ScoreObjection.objects.select_related("line"), pk=pk, line__sheet__in=sheets
    )
    version, form = require_version_field(request.POST), RulingForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {"outcome": "", "note": ""}
    score_statements.rule_on(
        found,
        outcome=said.get("outcome", ""),
        note=said.get("note", ""),
        by=user,
        on=today(),
        version=version,
    )
    messages.success(request, _("The ruling is on record, and the score follows it."))
    return redirect("obligations:score-sheet", found.line.sheet_id)


def _statement(user: User, pk: int) -> ScoreStatement:
    known = ScoreStatement.objects.visible_to(user)
    people = ("drafted_by", "opened_by", "published_by")
    return get_object_or_404(known.select_related("rule", "region", *people), pk=pk)


def _sheet(user: User, pk: int) -> ScoreSheet:
    known = ScoreSheet.objects.visible_to(user).select_related("statement__rule", "department")
    return get_object_or_404(known, pk=pk)


def _paged(request: HttpRequest, rows: list[Row]) -> dict[str, Any]:
    return {"page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))}


def _book(rows: list[Row], *, name: str, on: dt.date, by: User) -> HttpResponse:
    file = score_book.file_name(name, on=on)
    headers = {"Content-Disposition": content_disposition_header(True, file) or ""}
    content = score_book.workbook(rows, about=file, by=by)
    return HttpResponse(content, content_type=SHEET_TYPE, headers=headers)
