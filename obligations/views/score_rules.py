"""The rule of scores: its versions, and a new one with what it would change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import score_book, score_rules, scoring
from obligations.models import ScoreRule
from obligations.rules import is_keeper
from obligations.score_forms import ScoreRuleForm, as_it_is
from obligations.today import today
from obligations.views.versions import require_version_field


@require_http_methods(["GET", "POST"])
@for_verb("keep_rules")
def index(request: HttpRequest) -> HttpResponse:
    """Every version; a new one is looked at first, with what it would change, then put in force."""
    by, on = signed_in(request), today()
    if request.method == "GET":
        form = ScoreRuleForm(initial=as_it_is(score_rules.versions()[0], today=on))
        return _show(request, form)
    version, form = require_version_field(request.POST), ScoreRuleForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        if "confirm" not in request.POST:
            return _show(request, form, draft=score_rules.draft(**form.values(), by=by, today=on))
        score_rules.add(**form.values(), by=by, today=on, version=version)
    except RuleViolation as refusal:
        return _show(request, form, refusal=refusal, status=409)
    messages.success(request, _("The rule is on record; scores of days from then on go by it."))
    return redirect("obligations:score-rule")


def _show(
    request: HttpRequest,
    form: ScoreRuleForm,
    *,
    draft: ScoreRule | None = None,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    by, on, known = signed_in(request), today(), score_rules.versions()
    context: dict[str, Any] = {
        "versions": known,
        "version": known[0].number,
        "form": form if is_keeper(by) else None,
        "draft": draft,
        "refusal": refusal,
        "today": on,
    }
    if draft is not None:
        rows, before = score_book.own_rows(by), score_rules.on(on)
        context["moves"] = scoring.moves(rows, before=before, after=draft, on=on, today=on)
    return render(request, "obligations/score_rule.html", context, status=status)
