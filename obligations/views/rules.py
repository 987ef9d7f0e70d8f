"""Deadline rules: which holds where and since when, and a new version of one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from obligations import clocks, recounting, rules
from obligations.models import Clock, DeadlineRule
from obligations.rule_forms import RuleForm
from obligations.today import today
from obligations.views.versions import require_version_field


@require_GET
@for_verb("keep_rules")
def index(request: HttpRequest) -> HttpResponse:
    """Every version of every rule, those in force first."""
    known: dict[str, list[DeadlineRule]] = defaultdict(list)
    for one in sorted(clocks.rules(), key=lambda one: one.effective_from, reverse=True):
        known[one.clock].append(one)
    groups = [
        {
            "title": title,
            "clocks": [
                {"clock": clock, "versions": known[clock.value]}
                for clock in Clock
                if any(one.is_law for one in known[clock.value]) is law and known[clock.value]
            ],
        }
        for title, law in ((_("By law"), True), (_("Policy of the coordinators"), False))
    ]
    context = {"groups": groups, "today": today(), "may_keep": rules.is_keeper(signed_in(request))}
    return render(request, "obligations/rules.html", context)


@require_http_methods(["GET", "POST"])
@for_verb("keep_rules")
def new(request: HttpRequest) -> HttpResponse:
    """A new version: looked at first, with what it would touch; then put in force."""
    by = signed_in(request)
    if not rules.is_keeper(by):
        raise PermissionDenied(_("Only the province's coordinators keep the deadline rules."))
    if request.method == "GET":
        return _show(request, RuleForm(initial=_initial(request.GET.get("clock", ""))))
    version, form = require_version_field(request.POST), RuleForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        draft = rules.draft(**form.values())
        if "confirm" not in request.POST:
            return _show(request, form, preview=recounting.would_touch(draft))
        rules.add(draft, by=by, version=version, recount=form.cleaned_data["recount"])
    except RuleViolation as refusal:
        return _show(request, form, refusal=refusal, status=409)
    messages.success(request, _("The rule is on record; it holds from the day you gave."))
    return redirect("obligations:rules")


def _initial(clock: str) -> dict[str, Any]:
    """The rule of today, to be changed."""
    found = clocks.find(clocks.rules(), clock, None, on=today())
    if found is None:
        return {"effective_from": today()}
    names = ("clock", "days", "unit", "max_extension_days")
    return {**{name: getattr(found, name) for name in names}, "effective_from": today()}


def _show(
    request: HttpRequest,
    form: RuleForm,
    *,
    preview: tuple[int, int] | None = None,
    refusal: RuleViolation | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "preview": preview,
        "refusal": refusal,
        "version": rules.version(),
    }
    return render(request, "obligations/rule_new.html", context, status=status)
