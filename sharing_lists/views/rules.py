"""Rules of grace: which holds since when, and a new version of one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import for_verb, signed_in
from accounts.forms import carried_out
from obligations.today import today
from sharing_lists import promise_rules
from sharing_lists.forms import RuleForm
from sharing_lists.models import SharingTerms


@require_http_methods(["GET", "POST"])
@for_verb("keep_promises")
def index(request: HttpRequest) -> HttpResponse:
    """Every version of every cycle's grace; a new version takes effect from a day."""
    by = signed_in(request)
    form = RuleForm(request.POST or None, initial={"effective_from": today()})
    status = 200
    if request.method == "POST":
        status = 422
        if carried_out(
            form, lambda: promise_rules.set_rule(**form.cleaned_data, by=by, on=today())
        ):
            messages.success(request, _("The rule is on record; promises are counted anew."))
            return redirect("sharing_lists:rules")
    labels = dict(SharingTerms.UpdateCycle.choices)
    order = list(labels)
    newest_first = sorted(promise_rules.rules(), key=lambda one: one.effective_from, reverse=True)
    found = sorted(newest_first, key=lambda one: order.index(one.cycle))
    context = {
        "form": form,
        "rules": [(labels[one.cycle], one) for one in found],
        "today": today(),
        "may_keep": by.region_id is None,
    }
    return render(request, "sharing_lists/rules.html", context, status=status)
