"""The responsibility lists, their items, and how far they are."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import permissions
from accounts.access import for_verb, signed_in
from accounts.models import User
from obligations import editions, explaining, freshness, indicators, lineage, overview, terms
from obligations.confirmation_forms import ConsumerForm
from obligations.filters import ItemFilter, items_of
from obligations.kinds import kinds
from obligations.lateness import lateness
from obligations.listing import LIGHTS
from obligations.models import ItemConsumer, ListItem, Obligation, ResponsibilityList
from obligations.models.lists import ListItemQuerySet
from obligations.today import today

ITEMS_SHOWN = 50


@require_GET
@for_verb("read")
def lists(request: HttpRequest) -> HttpResponse:
    """All lists that the user may see, with their progress."""
    user = signed_in(request)
    found = ResponsibilityList.objects.visible_to(user).order_by("kind", "-batch", "pk")
    rows = Obligation.objects.visible_to(user).filter(external=False)
    counted = indicators.count_by(rows, "item__list_id", on=today())
    labels = {code: kind.label for code, kind in kinds().items()}
    lines = [
        (one, labels.get(one.kind, one.kind), counted.get((one.pk,), indicators.Counts()))
        for one in found
    ]
    context = {
        "lines": lines,
        "may_import": permissions.may(user, "import_list"),
        "freshness": freshness.for_user(user, on=today()),
    }
    return render(request, "obligations/lists.html", context)


@require_GET
@for_verb("read")
def responsibility_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: what it is, its progress by light, its items page by page."""
    user = signed_in(request)
    one = get_object_or_404(ResponsibilityList.objects.visible_to(user), pk=pk)
    owed = Obligation.objects.visible_to(user).filter(item__list=one)
    counts = indicators.count(owed.filter(external=False), on=today())
    narrowed = ItemFilter(request.GET, queryset=items_of(one), request=request)
    narrowed.filters["edition"].queryset = one.editions.visible_to(user).order_by("-number")
    items = _counted(narrowed.qs, user)
    context = {
        "list": one,
        "kind": kinds()[one.kind],
        "counts": counts,
        "freshness": freshness.for_user(user, on=today()),
        "by_light": [(light, getattr(counts, light)) for light in LIGHTS],
        "external_count": owed.filter(external=True).count(),
        "items": Paginator(items, ITEMS_SHOWN).get_page(request.GET.get("page")),
        "filter": narrowed,
        "editions": editions.lines(one, user=user),
        "may_fan_out": permissions.may(user, "fan_out"),
    }
    return render(request, "obligations/responsibility_list.html", context)


@require_GET
@for_verb("read")
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: its columns, the cells as they were written, and who owes what under it."""
    user = signed_in(request)
    found = ListItem.objects.visible_to(user).select_related("list", "body")
    one = get_object_or_404(found, pk=pk)
    owed = overview.shown(Obligation.objects.visible_to(user)).filter(item=one)
    rows = list(owed.order_by("pk")[:200])
    context = {
        "item": one,
        "terms": terms.written(one, hidden=terms.hidden_from(user, one)),
        "lineage": lineage.of(one, user=user),
        "rows": rows,
        "lateness": lateness(today()),
        "explained": explaining.of_many(rows, fields=["due_on"]),
        "may_fan_out": permissions.may(user, "fan_out"),
        **_consumers(one, user),
    }
    return render(request, "obligations/item.html", context)


def _consumers(item: ListItem, user: User) -> dict[str, Any]:
    """To coordinators: whom they named as consumers, and a form to name another."""
    if not permissions.may(user, "name_consumers") or item.withdrawn_on:
        return {}
    named = ItemConsumer.objects.at(today()).filter(item=item)
    named = named.select_related("department", "named_by")
    return {"consumers": named.order_by("pk"), "consumer_form": ConsumerForm(user=user)}


def _counted(items: ListItemQuerySet, user: User) -> QuerySet[ListItem]:
    """The items that the user may see, with the number of obligations that they may see."""
    seen = Q(obligations__in=Obligation.objects.visible_to(user))
    counted = items.visible_to(user).annotate(
        owed_count=Count("obligations", filter=seen),
        red_count=Count("obligations", filter=seen & Q(obligations__light="red")),
        verified_count=Count("obligations", filter=seen & Q(obligations__status="verified")),
    )
    shown = counted.select_related("body", "list").defer("raw")
    return shown.order_by("list__batch", "list_id", "position", "pk")
