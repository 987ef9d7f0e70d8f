"""One view of the obligations: what was asked for, how much there is, and the page of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from accounts.models import User
from obligations import replay
from obligations.filters import ObligationFilter
from obligations.models import Light, Obligation
from obligations.models.obligation import ObligationQuerySet
from obligations.paging import ORDERS, Page, page
from obligations.today import is_over, past_day_of

# The order in which lights are read: what needs attention first.
LIGHTS = (Light.RED, Light.YELLOW, Light.BLUE, Light.PURPLE, Light.GREEN, Light.GREY)

MAIN_FILTERS = ("q", "department", "list", "status", "on")


@dataclass(frozen=True)
class Listing:
    """The rows that a filter lets through, their number by light, and one page of them."""

    filter: ObligationFilter
    by_light: list[tuple[str, int]]
    light: str
    total: int
    count: int
    order: str
    page: Page
    # The day that is over and is shown from history; None is now.
    past: dt.date | None = None

    @property
    def orders(self) -> list[tuple[str, str | Promise]]:
        return [(code, label) for code, (label, _column, _down) in ORDERS.items()]

    @property
    def main_fields(self) -> list[BoundField]:
        """The filters that are always in sight."""
        return [self.filter.form[name] for name in MAIN_FILTERS]

    @property
    def more_fields(self) -> list[BoundField]:
        """The filters behind “More”."""
        hidden = {*MAIN_FILTERS, "light"}
        return [
            field for field in self.filter.form if field.name not in hidden and not field.is_hidden
        ]

    @property
    def is_more_open(self) -> bool:
        return any(self.filter.data.get(field.name) for field in self.more_fields)

    @property
    def is_narrowed(self) -> bool:
        return any(self.filter.data.get(name) for name in self.filter.filters)


def narrow(data: QueryDict, *, user: User, request: HttpRequest) -> ObligationQuerySet:
    """What the user may see, narrowed by the filter; nothing where the filter is not valid."""
    rows = Obligation.objects.visible_to(user)
    found = ObligationFilter(data, queryset=rows, request=request)
    return found.qs if found.is_valid() else rows.none()


def listing(data: QueryDict, *, user: User, request: HttpRequest) -> Listing:
    """The page that `data` asks for."""
    light = data.get("light", "") if data.get("light", "") in Light.values else ""
    order = data.get("order", "") if data.get("order", "") in ORDERS else "due"
    others = data.copy()
    others.pop("light", None)
    rows = narrow(others, user=user, request=request)
    past = past_day_of(data.get("on", "")) if is_over(data.get("on", "")) else None
    counted = replay.by_light(rows) if past else _by_light(rows)
    total = sum(counted.values())
    shown = _with_light(rows, light, past=past) if light else rows
    return Listing(
        filter=ObligationFilter(data, queryset=rows, request=request),
        by_light=[(code, counted.get(code, 0)) for code in LIGHTS],
        light=light,
        total=total,
        count=counted.get(light, 0) if light else total,
        order=order,
        page=page(
            shown,
            order=order,
            after=data.get("after", ""),
            before=data.get("before", ""),
            past=past,
        ),
        past=past,
    )


def _by_light(rows: ObligationQuerySet) -> dict[str, int]:
    return dict(rows.order_by().values_list("light").annotate(Count("pk")))


def _with_light(
    rows: ObligationQuerySet, light: str, *, past: dt.date | None
) -> ObligationQuerySet:
    return replay.with_light(rows, light) if past else rows.filter(light=light)


def require_now(data: QueryDict) -> None:
    """Raise RuleViolation for the address of a past day: nothing is done from its page."""
    if is_over(data.get("on", "")):
        raise RuleViolation(_("This page shows a past day: go back to today to do anything."))
