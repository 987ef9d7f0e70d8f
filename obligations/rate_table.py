"""The indicators as a table: a line for each group, each figure with the way to its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import names_then
from accounts.models import Department, Region, User
from obligations import rates
from obligations.indicators import Figure
from obligations.listing import narrow
from obligations.models import ResponsibilityList
from obligations.models.obligation import ObligationQuerySet

GROUPINGS: Mapping[str, Promise] = {
    "department": gettext_lazy("by department"),
    "list": gettext_lazy("by list"),
    "batch": gettext_lazy("by batch"),
    "region": gettext_lazy("by region"),
}
# How the filter of the list names a group of each grouping.
_PARAMETERS = {"batch": "home_batch"}
# What the table may be narrowed down by, as the list is.
NARROWED_BY = ("kind", "level", "list", "scene", "region", "department", "home_batch")


@dataclass(frozen=True)
class Cell:
    """One figure; an address is empty where the part names no rows."""

    code: str
    figure: Figure
    numerator_url: str
    denominator_url: str


@dataclass(frozen=True)
class Line:
    """One group with its figures; `rank` by the chosen indicator, None where it has no place."""

    key: Any
    name: str
    cells: list[Cell]
    rank: int | None = None


@dataclass(frozen=True)
class Table:
    by: str
    on: dt.date
    ranked_by: str
    compared: bool
    columns: list[tuple[str, Promise | str, Promise | str]]
    lines: list[Line]
    total: Line

    @property
    def with_figures(self) -> list[str]:
        """Codes of the indicators of which there is anything to count."""
        return [cell.code for cell in self.total.cells if cell.figure.denominator]


def narrowed(data: QueryDict, *, user: User, request: HttpRequest) -> ObligationQuerySet:
    """What the table counts: what the user may see, by the filters that it shares with the list."""
    kept = QueryDict(mutable=True)
    for name in NARROWED_BY:
        if data.get(name):
            kept[name] = str(data[name])
    return narrow(kept, user=user, request=request).filter(external=False)


def table(
    data: QueryDict, *, by: str, on: dt.date, today: dt.date, user: User, request: HttpRequest
) -> Table:
    """The table that an address asks for."""
    rows = narrowed(data, user=user, request=request)
    labels = rates.labels()
    groups = rates.by(rows, by, on=on, today=today)
    ranked_by = data.get("rank", "") if data.get("rank", "") in labels else "completion"
    chosen = {key: figures.get(ranked_by, Figure(0, 0)) for key, figures in groups.items()}
    # Who sees one department alone has nobody to compare it with.
    compared = user.role in user.SCOPED
    places = rates.ranks(chosen) if compared else {}
    known = {name: data[name] for name in NARROWED_BY if data.get(name)}

    def line(key: Any, name: str, figures: Mapping[str, Figure]) -> Line:
        place = {} if key is None else {parameter_of(by): key}
        asked = {**known, **place, "on": on.isoformat()}
        cells = [_cell(code, figures.get(code, Figure(0, 0)), asked) for code in labels]
        return Line(key, name, cells, places.get(key))

    names = group_names(by, list(groups), on=on)
    return Table(
        by=by,
        on=on,
        ranked_by=ranked_by,
        compared=compared,
        columns=[(code, label, meaning) for code, (label, meaning) in labels.items()],
        lines=[line(key, name, groups[key]) for key, name in names.items()],
        total=line(None, _("Total"), rates.summed(groups)),
    )


def _cell(code: str, figure: Figure, asked: Mapping[str, Any]) -> Cell:
    def url(part: str) -> str:
        return rows_url(code, part, asked)

    return Cell(code, figure, url(rates.NUMERATOR), url(rates.DENOMINATOR))


def parameter_of(by: str) -> str:
    """How the filter of the list names a group."""
    return _PARAMETERS.get(by, by)


def rows_url(code: str, part: str, asked: Mapping[str, Any]) -> str:
    """Where the rows of a part of an indicator stand, `asked` by the filters of the table and the
    day; "" where none are behind it."""
    if code == rates.VERIFYING:
        return f"{reverse('obligations:indicator-claims')}?{urlencode({**asked, 'part': part})}"
    page = "obligations:list" if code in rates.RATES else _page_of(code)
    query = urlencode({**asked, "indicator": code, "part": part})
    return f"{reverse(page)}?{query}" if page else ""


def _page_of(code: str) -> str:
    own = [one for one in rates.of_kinds() if one.code == code]
    if any(one.rows for one in own):
        return "obligations:list"
    amounts = "obligations:indicator-amounts" if code in rates.of_amounts() else ""
    return next((one.page for one in own if one.page), amounts)


def group_names(by: str, keys: list[Any], *, on: dt.date) -> dict[Any, str]:
    """What groups are called on a day, in the order in which they are read."""
    if by == "scene":
        return {key: key for key in sorted(keys)}
    if by == "batch":
        known = sorted(keys, key=lambda key: (key is None, -(key or 0)))
        return {key: _("Batch %(batch)s") % {"batch": key} if key else "—" for key in known}
    if by == "list":
        lists = ResponsibilityList.objects.filter(pk__in=keys).order_by("kind", "-batch", "pk")
        return dict(lists.values_list("pk", "title"))
    if by == "region":
        regions = Region.objects.filter(pk__in=keys).order_by("pk")
        return dict(regions.values_list("pk", "name"))
    departments = Department.objects.filter(pk__in=keys).order_by("position", "pk")
    called = names_then.on(on)
    return {key: called.get(key, name) for key, name in departments.values_list("pk", "name")}
