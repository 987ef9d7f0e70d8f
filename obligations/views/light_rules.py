"""The light rule: in words, its versions, and a new one with what it would turn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import history, light_rules, light_versions, lights
from obligations.light_forms import LightRuleForm, as_it_is
from obligations.models import LightRule
from obligations.rules import is_keeper
from obligations.today import today
from obligations.views.versions import require_version_field


@require_GET
@for_verb("keep_rules")
def index(request: HttpRequest) -> HttpResponse:
    """The rule in force, condition by condition, and every version."""
    known, on = light_versions.versions(), today()
    held = next(one for one in known if one.effective_from <= on)
    context = {
        "held": held,
        "lines": _in_words(held.as_rule),
        "versions": [(one, _in_words(one.as_rule)) for one in known],
        "today": on,
        "may_keep": is_keeper(signed_in(request)),
    }
    return render(request, "obligations/light_rules.html", context)


@require_http_methods(["GET", "POST"])
@for_verb("keep_rules")
def new(request: HttpRequest) -> HttpResponse:
    """A new version: looked at first, with the rows that it would turn; then put in force."""
    by, on = signed_in(request), today()
    if not is_keeper(by):
        raise PermissionDenied(_("Only the province's coordinators keep the light rule."))
    if request.method == "GET":
        form = LightRuleForm(initial=as_it_is(light_versions.versions()[0], today=on))
        return _show(request, form)
    version, form = require_version_field(request.POST), LightRuleForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        draft = light_rules.draft(
            form.reasons(),
            days=form.days(),
            effective_from=form.cleaned_data["effective_from"],
            note=form.cleaned_data["note"],
            today=on,
        )
        if "confirm" not in request.POST:
            return _show(request, form, draft=draft)
        light_rules.add(draft, by=by, version=version)
    except RuleViolation as refusal:
        return _show(request, form, refusal=refusal, status=409)
    messages.success(request, _("The rule is on record; it judges from the day you gave."))
    return redirect("obligations:light-rules")


def _show(
    request: HttpRequest,
    form: LightRuleForm,
    *,
    draft: LightRule | None = None,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "draft": draft,
        "turns": _turns(draft) if draft else [],
        "refusal": refusal,
        "version": light_rules.version(),
    }
    return render(request, "obligations/light_rule_new.html", context, status=status)


def _turns(draft: LightRule) -> list[dict[str, Any]]:
    """What the draft would turn today, each line with the word that leads to its rows."""
    on, rule = today(), draft.as_rule
    return [
        {
            "was": turn["from"],
            "becomes": turn["to"],
            "count": turn["count"],
            "rows": light_rules.spelled_turn(rule, turn, on=on),
        }
        for turn in light_rules.effect(rule, on=on)
    ]


def _in_words(rule: lights.LightRule) -> list[dict[str, Any]]:
    usual = history.usual_due_soon(today()) if "due_soon" in rule.reasons else None
    return [
        {
            "code": code,
            "light": lights.light_of(code),
            "sentence": lights.sentence_of(code),
            "days": rule.days.get(code, usual if code == "due_soon" else None),
            "by_deadline_rule": code == "due_soon" and code not in rule.days,
        }
        for code in rule.reasons
    ]
