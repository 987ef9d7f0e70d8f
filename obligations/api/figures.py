"""Indicators: numerator and denominator, by department, list or scene, at any day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.endpoints import Endpoint, StrictSerializer
from accounts.api.shapes import NamedSerializer
from accounts.moments import same_moment
from obligations import freshness, judged_by, late_records, rates, replay
from obligations.api.bodies import DayField
from obligations.api.rows import scene_names
from obligations.freshness import Freshness
from obligations.indicators import COUNTED, Counts, Figure
from obligations.models import Obligation
from obligations.rate_table import group_names, parameter_of, rows_url
from obligations.today import today

# What figures are taken by -> the path from an obligation.
GROUPINGS = {**rates.GROUPINGS, "scene": "item__scenes"}
_UNCHECKED = "The first day, up to `on`, that should be checked and is not; null: all are."
RATES = ("completion_rate", "on_time_rate", "original_on_time_rate")


class FiguresQuery(StrictSerializer):
    on = DayField(required=False, help_text="The day; today where it is left out.")
    by = serializers.ChoiceField(choices=list(GROUPINGS), required=False)


class FigureSerializer(serializers.Serializer[Any]):
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    percent = serializers.DecimalField(
        max_digits=5, decimal_places=1, allow_null=True, help_text="null for 0/0."
    )


class CountsSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField() for name in COUNTED}


class FiguresSerializer(serializers.Serializer[Any]):
    counts = CountsSerializer()
    completion_rate = FigureSerializer(help_text="完成率: verified / applicable.")
    on_time_rate = FigureSerializer(help_text="按期完成率, by the current due date.")
    original_on_time_rate = FigureSerializer(help_text="按期完成率, by the original due date.")


class RateSerializer(FigureSerializer):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    meaning = serializers.CharField(help_text="Numerator / denominator, in words.")
    numerator_rows = serializers.CharField(
        allow_blank=True, help_text="The page on which exactly its rows stand."
    )
    denominator_rows = serializers.CharField(allow_blank=True)
    unchecked_since = serializers.DateField(
        allow_null=True, help_text="Since when the work that brings this very indicator is late."
    )


class GroupFiguresSerializer(FiguresSerializer):
    key = serializers.CharField(
        help_text="The id of the department, list or region, the batch, or the scene."
    )
    name = serializers.CharField()
    unchecked_since = serializers.DateField(allow_null=True, help_text=_UNCHECKED)
    rates = RateSerializer(many=True, help_text="Every indicator; none by scene.")


class UncheckedSerializer(serializers.Serializer[Any]):
    department = NamedSerializer()
    unchecked_since = serializers.DateField()


class IndicatorsSerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    by = serializers.ChoiceField(choices=list(GROUPINGS), allow_null=True)
    rules_version = serializers.CharField(help_text="The rule of lights in force on the day.")
    calendar_version = serializers.CharField(help_text="The working-day calendar.")
    recorded_later_count = serializers.IntegerField(
        help_text="Acts that took effect by that day and were put on record after it."
    )
    unchecked_since = serializers.DateField(allow_null=True, help_text=_UNCHECKED)
    unchecked_departments = UncheckedSerializer(
        many=True, help_text="Departments whose check broke off; they are in the sums as they were."
    )
    whole = FiguresSerializer(help_text="Sums over sums; each obligation counts once.")
    rates = RateSerializer(
        many=True,
        help_text="Every indicator over all. Those that count obligations have their rows in the "
        "API as well: /obligations/?indicator=code&part=numerator or denominator&on=day.",
    )
    groups = GroupFiguresSerializer(
        many=True, help_text="An obligation of two scenes counts under each of them."
    )


class Indicators(Endpoint):
    """Both parts of a rate are drawn from the same set: what the user may see, at the day."""

    operations = {"GET": "indicators_retrieve"}
    tag = "indicators"

    @extend_schema(parameters=[FiguresQuery], responses=IndicatorsSerializer)
    def get(self, request: Request) -> Response:
        asked = self.read_query(FiguresQuery)
        on, by = asked.get("on") or today(), asked.get("by")
        if on > today():
            raise serializers.ValidationError({"on": _("Use today or an earlier day.")})
        with same_moment():
            return Response(self._figures(on=on, by=by))

    def _figures(self, *, on: dt.date, by: str | None) -> dict[str, Any]:
        visible = Obligation.objects.visible_to(self.user)
        grouping = by if by in rates.GROUPINGS else "department"
        counted = replay.counts_by(visible, GROUPINGS[by or grouping], on=on, today=today())
        rated = rates.by(visible, grouping, on=on, today=today())
        fresh, by_which = freshness.for_user(self.user, on=on), judged_by.on(on)
        stopped = freshness.of_indicators(rates.labels(), on=on)
        groups = _groups(counted, by=by, on=on) if by else []
        for group in groups:
            key = group.pop("group")
            known = rated.get(key) if by == grouping else None
            place = {} if key is None else {parameter_of(grouping): key}
            asked = {**place, "on": on.isoformat()}
            group["rates"] = _rates(known, stopped, asked) if known else []
            group["unchecked_since"] = fresh.of(key) if by == "department" else fresh.since
        return {
            "on": on,
            "by": by,
            "rules_version": by_which.rules,
            "calendar_version": by_which.calendar,
            "recorded_later_count": late_records.since(visible, on=on).count(),
            "unchecked_since": fresh.since,
            "unchecked_departments": _behind(fresh),
            "whole": _figures(sum(counted.values(), Counts())),
            "rates": _rates(rates.summed(rated), stopped, {"on": on.isoformat()}),
            "groups": groups,
        }


def _behind(fresh: Freshness) -> list[dict[str, Any]]:
    return [
        {"department": {"id": pk, "name": one.name}, "unchecked_since": one.since}
        for pk, one in fresh.departments.items()
    ]


def _rates(
    figures: Mapping[str, Figure], stopped: Mapping[str, dt.date], asked: Mapping[str, Any]
) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "label": str(label),
            "meaning": str(meaning),
            "unchecked_since": stopped.get(code),
            "numerator_rows": rows_url(code, rates.NUMERATOR, asked),
            "denominator_rows": rows_url(code, rates.DENOMINATOR, asked),
            **_figure(figures.get(code, Figure(0, 0))),
        }
        for code, (label, meaning) in rates.labels().items()
    ]


def _groups(counted: Mapping[Any, Counts], *, by: str, on: dt.date) -> list[dict[str, Any]]:
    summed: dict[Any, Counts] = defaultdict(Counts)
    for key, counts in counted.items():
        for one in scene_names(key) if by == "scene" else [key]:
            summed[one] = summed[one] + counts
    return [
        {"group": key, "key": str(key), "name": name, **_figures(summed[key])}
        for key, name in group_names(by, list(summed), on=on).items()
    ]


def _figures(counts: Counts) -> dict[str, Any]:
    return {
        "counts": {name: getattr(counts, name) for name in COUNTED},
        **{name: _figure(getattr(counts, name)) for name in RATES},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "percent": figure.percent,
    }
