"""How further rates, and what they count, are written for programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from reports.counted import Shown, Traced


class FurtherRateSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=1)
    rows_frozen = serializers.BooleanField(
        help_text="false: only the sums were frozen; the pages show what the day gives today."
    )
    numerator_rows = serializers.CharField(
        allow_blank=True, help_text="The page on which its rows stand."
    )
    denominator_rows = serializers.CharField(allow_blank=True)
    numerator_lines = serializers.CharField(
        allow_blank=True, help_text="The same rows in the API; empty where they were not frozen."
    )
    denominator_lines = serializers.CharField(allow_blank=True)


class CountedLineSerializer(serializers.Serializer[Any]):
    """One thing that a further rate counts: an obligation, a request, or an obligation's calls and
    probes."""

    rate = serializers.CharField()
    obligation_id = serializers.IntegerField()
    title = serializers.CharField()
    department_id = serializers.IntegerField()
    department = serializers.CharField()
    subject = serializers.CharField(
        allow_blank=True, help_text="Of a request: who asked, for what."
    )
    due_on = serializers.DateField(allow_null=True)
    done_on = serializers.DateField(allow_null=True)
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()


def further_told(one: Traced) -> dict[str, Any]:
    figure = one.rate.figure
    return {
        "code": one.rate.code,
        "name": one.rate.label,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "percent": str(figure.percent),
        "rows_frozen": one.is_frozen,
        "numerator_rows": one.numerator.page,
        "denominator_rows": one.denominator.page,
        "numerator_lines": one.numerator.api,
        "denominator_lines": one.denominator.api,
    }


def counted_line(shown: Shown) -> dict[str, Any]:
    one, of = shown.counted, shown.line
    names = ("obligation_id", "department_id", "subject", "due_on", "done_on")
    return {
        "rate": one.code,
        "title": of.title,
        "department": of.department_name,
        **{name: getattr(one, name) for name in (*names, "numerator", "denominator")},
    }
