"""Indicators with their rows, by department, list, batch or region; trends; claims in time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import for_verb, signed_in
from obligations import freshness, overview, rate_table, rates
from obligations.filters import ObligationFilter
from obligations.indicators import Figure
from obligations.models import Obligation
from obligations.rate_table import GROUPINGS, NARROWED_BY
from obligations.today import past_day_of, today
from obligations.views import past

PAGE_SIZE = 50
SPANS = (30, 90, 365)
SHOWN_FILTERS = ("kind", "list", "scene")


@require_GET
@for_verb("read")
def index(request: HttpRequest) -> HttpResponse:
    """Numerator and denominator of every indicator, each with a link to exactly its rows."""
    user, on = signed_in(request), past_day_of(request.GET.get("on", ""))
    by = request.GET.get("by", "")
    by = by if by in GROUPINGS else "department"
    shown = rate_table.table(request.GET, by=by, on=on, today=today(), user=user, request=request)
    context = {
        "table": shown,
        "groupings": GROUPINGS.items(),
        "today": today(),
        "past": past.above(user, on),
        "least": rates.LEAST,
        "freshness": freshness.for_user(user, on=on),
        "stopped": freshness.of_indicators(shown.with_figures, on=on),
        **_filters(request),
    }
    return render(request, "obligations/indicators.html", context)


@require_GET
@for_verb("read")
def claims(request: HttpRequest) -> HttpResponse:
    """核验及时率 counts claims: the ones that a part of it counts."""
    user, on = signed_in(request), past_day_of(request.GET.get("on", ""))
    part = request.GET.get("part", "")
    part = part if part == rates.NUMERATOR else rates.DENOMINATOR
    rows = rate_table.narrowed(request.GET, user=user, request=request)
    found = rates.claims_of(rows, part=part, on=on, today=today())
    found = found.select_related("obligation__item__list", "obligation__department")
    pages = Paginator(found.defer("obligation__item__raw").order_by("-decide_by", "-pk"), PAGE_SIZE)
    context = {
        "page": pages.get_page(request.GET.get("page")),
        "part": part,
        "on": on,
        "past": past.above(user, on),
    }
    return render(request, "obligations/indicator_claims.html", context)


@require_GET
@for_verb("read")
def amounts(request: HttpRequest) -> HttpResponse:
    """接口可用率 counts calls and probes: how many under each obligation, the worst first."""
    user, on = signed_in(request), past_day_of(request.GET.get("on", ""))
    code = request.GET.get("indicator", "")
    if code not in rates.of_amounts():
        raise Http404
    rows = rate_table.narrowed(request.GET, user=user, request=request)
    found = rates.amounts_of(rows, code, on=on, today=today())
    if request.GET.get("part") == rates.NUMERATOR:
        found = {pk: figure for pk, figure in found.items() if figure.numerator}
    pages = Paginator(
        sorted(found.items(), key=lambda one: (one[1].percent or 0, one[0])), PAGE_SIZE
    )
    page = pages.get_page(request.GET.get("page"))
    shown = rows.filter(pk__in=[pk for pk, _figure in page])
    joined = shown.select_related("item__list", "department").defer("item__raw").in_bulk()
    label, meaning = rates.labels()[code]
    context = {
        "page": page,
        "lines": [(joined[pk], figure) for pk, figure in page],
        "total": sum(found.values(), Figure(0, 0)),
        "label": label,
        "meaning": meaning,
        "on": on,
        "past": past.above(user, on),
    }
    return render(request, "obligations/indicator_amounts.html", context)


@require_GET
@for_verb("read")
def trends(request: HttpRequest) -> HttpResponse:
    """How the rates and lights moved, from each day's totals."""
    user = signed_in(request)
    span = next((one for one in SPANS if str(one) == request.GET.get("span")), 90)
    narrowed = _filters(request, names=("department", "list"))
    chosen = narrowed["filter"].form.cleaned_data if narrowed["filter"].is_valid() else {}
    days = overview.trend(
        user,
        on=today(),
        span=span,
        department=chosen.get("department"),
        on_list=chosen.get("list"),
    )
    names = {"completion": _("Completion rate"), "on_time": _("On-time rate")}
    context = {
        **narrowed,
        "department": chosen.get("department"),
        "list": chosen.get("list"),
        "days": days,
        "newest_first": days[::-1],
        "freshness": freshness.for_user(user, on=today()),
        "gaps": overview.unchecked_days(
            user, on=today(), span=span, department=chosen.get("department")
        ),
        "spans": SPANS,
        "span": span,
        "trend": overview.trend_chart(days, **names),
    }
    return render(request, "obligations/trends.html", context)


def _filters(request: HttpRequest, *, names: tuple[str, ...] = SHOWN_FILTERS) -> dict[str, Any]:
    """Fields of the list's filter that stand above the table, and what else narrows it down."""
    rows = Obligation.objects.visible_to(signed_in(request))
    data = {name: request.GET.get(name, "") for name in (*NARROWED_BY, *names)}
    found = ObligationFilter(data, queryset=rows, request=request)
    kept = {name: value for name, value in data.items() if value and name not in names}
    return {"filter": found, "fields": [found.form[name] for name in names], "kept": kept}
