"""The rule of scores: its versions, and a new one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import score_rules
from obligations.rules import is_keeper
from obligations.score_forms import ScoreRuleForm, as_it_is
from obligations.today import today
from obligations.views.versions import require_version_field


@require_http_methods(["GET", "POST"])
@for_verb("keep_rules")
def index(request: HttpRequest) -> HttpResponse:
    """Every version; the province's coordinators add one."""
    by, refusal, status = signed_in(request), None, 200
    form = ScoreRuleForm(initial=as_it_is(score_rules.versions()[0], today=today()))
    if request.method == "POST":
        version, form = require_version_field(request.POST), ScoreRuleForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                score_rules.add(**form.values(), by=by, today=today(), version=version)
            except RuleViolation as found:
                refusal, status = found, 409
            else:
                messages.success(
                    request, _("The rule is on record; scores of days from then on go by it.")
                )
                return redirect("obligations:score-rule")
    known = score_rules.versions()
    context = {
        "versions": known,
        "version": known[0].number,
        "form": form if is_keeper(by) else None,
        "refusal": refusal,
        "today": today(),
    }
    return render(request, "obligations/score_rule.html", context, status=status)
