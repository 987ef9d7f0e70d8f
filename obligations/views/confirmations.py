"""可用 / 不可用: what a department is asked, what consumers said, how often they are asked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation, VersionMissing
from accounts.forms import carried_out
from obligations import confirmation_rules, confirmations, consuming
from obligations.confirmation_forms import ConfirmationRuleForm, ConsumerForm
from obligations.models import Confirmation, ItemConsumer, ListItem
from obligations.today import today
from obligations.views.versions import require_version_field

PAGE_SIZE = 50


@require_GET
@for_verb("read")
@vary_on_headers("HX-Request")
def index(request: HttpRequest) -> HttpResponse:
    """What the own department is asked; for coordinators and leaders what was said."""
    user, on = signed_in(request), today()
    if user.role not in user.OF_A_DEPARTMENT:
        return _overview(request)
    if request.htmx:  # type: ignore[attr-defined]
        # The first page shows the first few, beside what the department owes itself.
        return render(request, "obligations/partials/voices_desk.html", consuming.desk(user, on=on))
    only_open = request.GET.get("only") == "open"
    rows = (
        confirmations.unanswered(user, on=on) if only_open else confirmations.asked_of(user, on=on)
    )
    page = Paginator(consuming.ordered(rows), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": consuming.lines(list(page.object_list), user=user, on=on),
        "hearing": confirmation_rules.hearing(on),
        "only_open": only_open,
        "on": on,
    }
    return render(request, "obligations/voices.html", context)


@require_POST
@for_verb("say_usable")
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """One click; a refusal stands beside the row, and what was written stays."""
    user, on = signed_in(request), today()
    row = get_object_or_404(consuming.ordered(confirmations.asked_of(user, on=on)), pk=pk)
    said = {name: request.POST.get(name, "") for name in ("word", "reason")}
    context: dict[str, Any] = {"saved": True}
    status = 200
    try:
        version = require_version_field(request.POST)
        confirmations.say(row, **said, by=user, on=on, version=version)
    except RuleViolation as refusal:
        context = {"refusal": refusal, "typed": said}
        status = 428 if isinstance(refusal, VersionMissing) else 409
    part = request.htmx  # type: ignore[attr-defined]
    if status == 200 and not part:
        messages.success(request, _("Saved."))
        return redirect("obligations:voices")
    [context["line"]] = consuming.lines([row], user=user, on=on)
    name = "obligations/partials/voice_row.html" if part else "obligations/voice_row.html"
    return render(request, name, context, status=status)


@require_POST
@for_verb("keep_rules")
def rule(request: HttpRequest) -> HttpResponse:
    """A new version of how often consumers are asked."""
    by, on = signed_in(request), today()
    form = _rule_form(request.POST)
    version = require_version_field(request.POST)
    if carried_out(
        form, lambda: confirmation_rules.add(**form.cleaned_data, by=by, on=on, version=version)
    ):
        messages.success(request, _("Saved."))
    else:
        problems = [str(one) for errors in form.errors.values() for one in errors]
        messages.error(request, " ".join(problems))
    return redirect("obligations:voices")


@require_POST
@for_verb("name_consumers")
def name_consumer(request: HttpRequest, pk: int) -> HttpResponse:
    """A coordinator names a further consumer of an item."""
    by = signed_in(request)
    item = get_object_or_404(ListItem.objects.visible_to(by), pk=pk)
    form = ConsumerForm(request.POST, user=by)
    if carried_out(form, lambda: confirmations.name(item, **form.cleaned_data, by=by, on=today())):
        messages.success(request, _("Named. The department is asked on its first page."))
    else:
        problems = [str(one) for errors in form.errors.values() for one in errors]
        messages.error(request, " ".join(problems))
    return redirect("obligations:item", pk)


@require_POST
@for_verb("name_consumers")
def release_consumer(request: HttpRequest, pk: int, consumer: int) -> HttpResponse:
    """It is asked no more."""
    by = signed_in(request)
    item = get_object_or_404(ListItem.objects.visible_to(by), pk=pk)
    row = get_object_or_404(ItemConsumer.objects.filter(item=item), pk=consumer)
    confirmations.release(row, by=by, on=today())
    messages.success(request, _("Released. What it said stays on record."))
    return redirect("obligations:item", pk)


def _overview(request: HttpRequest) -> HttpResponse:
    """The words that stand within the scope, the newest first, and the rule."""
    user, on = signed_in(request), today()
    standing = Confirmation.objects.visible_to(user).standing()
    counts = [("", _("All"), standing.count())]
    counts += [
        (word.value, str(word.label), standing.filter(word=word).count())
        for word in Confirmation.Word
    ]
    chosen = request.GET.get("word", "")
    if chosen in Confirmation.Word.values:
        standing = standing.filter(word=chosen)
    shown = standing.select_related("obligation__item", "obligation__department", "department")
    page = Paginator(shown.order_by("-said_on", "-pk"), PAGE_SIZE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "counts": counts,
        "word": chosen,
        "hearing": confirmation_rules.hearing(on),
        "rules": confirmation_rules.versions(),
        "rule_version": confirmation_rules.version(),
    }
    if permissions.may(user, "keep_rules") and user.region_id is None:
        context["form"] = _rule_form()
    return render(request, "obligations/voices_said.html", context)


def _rule_form(data: Any = None) -> ConfirmationRuleForm:
    rules, on = confirmation_rules.versions(), today()
    next_on = confirmation_rules.hearing(on).next_on
    return ConfirmationRuleForm(data, rule=confirmation_rules.at(on, rules), next_on=next_on)
