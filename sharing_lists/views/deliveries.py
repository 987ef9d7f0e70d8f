"""What arrived lately, what one obligation got, what its item asks for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.errors import RuleViolation
from accounts.versions import require_version_field
from obligations.models import ListItem, Obligation
from obligations.today import today
from obligations.views import obligations as page
from sharing_lists import recording
from sharing_lists.forms import DeliveryForm, PromiseForm
from sharing_lists.models import Delivery
from sharing_lists.recording import Said

_SHOWN = 50
_OWED_SHOWN = 10
ACTIONS = {
    "import_deliveries": ("sharing_lists:logs", gettext_lazy("Logs of the platform")),
    "keep_push_keys": ("sharing_lists:keys", gettext_lazy("Keys for receipts")),
    "keep_promises": ("sharing_lists:rules", gettext_lazy("Rules of grace")),
}


@require_GET
@for_verb("read_deliveries")
def index(request: HttpRequest) -> HttpResponse:
    """The newest deliveries that the user may see, and how many are late."""
    user = signed_in(request)
    found = Delivery.objects.visible_to(user).with_reporters()
    found = found.select_related("obligation__item", "obligation__department")
    source = request.GET.get("source", "")
    if source in Delivery.Source.values:
        found = found.filter(source=source)
    pages = Paginator(found.order_by("-arrived_at", "-pk"), _SHOWN)
    promised = Obligation.objects.visible_to(user).filter(delivery_due_on__isnull=False)
    owed = promised.select_related("item__sharing_terms", "department").defer("item__raw")
    context = {
        "deliveries": pages.get_page(request.GET.get("page")),
        "source": source,
        "sources": Delivery.Source.choices,
        "owed": owed.order_by("delivery_due_on", "pk")[:_OWED_SHOWN],
        "promised": promised.count(),
        "in_grace": promised.filter(light_reason="in_grace").count(),
        "broken": promised.filter(light_reason="promise_broken").count(),
        "actions": _actions(user),
    }
    return render(request, "sharing_lists/deliveries.html", context)


@require_POST
@for_verb("record_delivery")
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A person records a delivery; what is wrong stands beside its field, with what was typed."""
    user = signed_in(request)
    row = page.find(user, pk)
    form = DeliveryForm(request.POST, prefix="delivery")
    if not form.is_valid():
        return page.show(request, row, filled={"delivery_form": form}, status=422)
    try:
        recording.record(row, Said(**form.cleaned_data), by=user, on=today())
    except RuleViolation as refusal:
        return _refused(request, row, refusal, delivery_form=form)
    messages.success(request, _("The delivery is on record, marked as recorded by a person."))
    return redirect("obligations:detail", pk)


@require_POST
@for_verb("record_delivery")
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What was recorded by mistake counts no longer."""
    user = signed_in(request)
    one = get_object_or_404(Delivery.objects.visible_to(user), pk=pk)
    try:
        recording.take_back(one, why=request.POST.get("why", ""), by=user, on=today())
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("Taken back: it counts no longer, and stays on record."))
    return redirect("obligations:detail", one.obligation_id)


@require_POST
@for_verb("keep_promises")
def keep_promise(request: HttpRequest, pk: int) -> HttpResponse:
    """What deliveries under an item must hold; a refusal keeps what was typed."""
    user = signed_in(request)
    item = get_object_or_404(ListItem.objects.visible_to(user).filter(list__kind="sharing"), pk=pk)
    owed = Obligation.objects.visible_to(user).filter(item=item, duty="supply").order_by("pk")
    row = page.find(user, owed.values_list("pk", flat=True).first() or 0)
    form = PromiseForm(request.POST, auto_id=PromiseForm.AUTO_ID)
    if not form.is_valid():
        return page.show(request, row, filled={"promise_form": form}, status=422)
    try:
        version = require_version_field(request.POST)
        recording.keep_promise(item, by=user, on=today(), version=version, **form.cleaned_data)
    except RuleViolation as refusal:
        return _refused(request, row, refusal, promise_form=form)
    messages.success(request, _("Saved; what arrived was judged anew."))
    return redirect("obligations:detail", row.pk)


def _refused(
    request: HttpRequest, row: Obligation, refusal: RuleViolation, **forms: Form
) -> HttpResponse:
    """The page with the form as it was filled in; the refusal names its field, where it has one."""
    [form] = forms.values()
    field = refusal.facts.get("field")
    if field in form.fields:
        form.add_error(field, refusal.sentence)
    row = page.find(signed_in(request), row.pk)
    return page.show(request, row, filled=dict(forms), refusal=refusal)


def _actions(user: Any) -> list[tuple[str, Any]]:
    return [(name, label) for verb, (name, label) in ACTIONS.items() if permissions.may(user, verb)]
