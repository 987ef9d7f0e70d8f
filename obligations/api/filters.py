"""What programs may ask for beside what pages offer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.api.filters import KeyFilter
from accounts.models import Level
from obligations import lights
from obligations.filters import ItemFilter, ObligationFilter, departments_of, of_batch
from obligations.kinds import kind_choices
from obligations.models import (
    CheckResult,
    Light,
    ListItem,
    Obligation,
    ResponsibilityList,
    RoleInItem,
)
from obligations.models.findings import CheckResultQuerySet
from obligations.models.lists import ListItemQuerySet
from obligations.today import today
from obligations.workdays import FIRST_DAY, LAST_DAY


def not_to_come(day: dt.date) -> None:
    """Nothing is on record for a day to come."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(_("Use a day from 2000 to 2099."), code="range")
    if day > today():
        raise ValidationError(_("Use today or an earlier day."), code="invalid")


class ObligationQuery(ObligationFilter):
    """The filter of the pages, and the stored codes by their own names."""

    on = df.DateFilter(
        method="as_it_is",
        validators=[not_to_come],
        label=_("As of the end of"),
        help_text="As of the end of this day: facts, lights and names from history.",
    )
    light_reason = df.ChoiceFilter(
        method="of_fact", choices=[(code, code) for code in lights.CONDITIONS]
    )
    role_in_item = df.ChoiceFilter(choices=RoleInItem.choices)
    external = df.BooleanFilter(method="of_fact")
    item = KeyFilter(field_name="item_id")
    due_on_after = df.DateFilter(method="due_since", label=_("Due from"))
    due_on_before = df.DateFilter(method="due_until", label=_("Due to"))

    class Meta:
        model = Obligation
        fields: list[str] = []


class ListQuery(df.FilterSet):  # type: ignore[misc]
    kind = df.ChoiceFilter(choices=kind_choices)
    level = df.ChoiceFilter(choices=Level.choices)
    batch = df.NumberFilter()

    class Meta:
        model = ResponsibilityList
        fields: list[str] = []


class ItemQuery(ItemFilter):
    """The filter of a list's page, and the columns of the item."""

    kind = df.ChoiceFilter(field_name="list__kind", choices=kind_choices)
    list = KeyFilter(field_name="list_id")
    batch = df.NumberFilter(
        method="of_batch", help_text="Its own batch, or one that names it again."
    )
    body = KeyFilter(field_name="body_id")
    scene = df.CharFilter(field_name="scenes", lookup_expr="contains")
    withdrawn = df.BooleanFilter(field_name="withdrawn_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ListItem
        fields: list[str] = []

    def of_batch(self, rows: ListItemQuerySet, name: str, value: Any) -> ListItemQuerySet:
        return rows.filter(of_batch(value))


class FindingQuery(df.FilterSet):  # type: ignore[misc]
    """Findings of today, or those that held at the end of the day `on`."""

    on = df.DateFilter(method="at", label=_("Day"))
    department = df.ModelChoiceFilter(field_name="obligation__department", queryset=departments_of)
    obligation = KeyFilter(field_name="obligation_id")
    check = df.CharFilter(field_name="check_code")
    outcome = df.ChoiceFilter(choices=CheckResult.Outcome.choices)
    kind = df.ChoiceFilter(field_name="obligation__item__list__kind", choices=kind_choices)
    light = df.ChoiceFilter(field_name="obligation__light", choices=Light.choices)

    class Meta:
        model = CheckResult
        fields: list[str] = []

    def at(self, rows: CheckResultQuerySet, name: str, value: dt.date) -> CheckResultQuerySet:
        return rows.at(value)

    def filter_queryset(self, queryset: CheckResultQuerySet) -> CheckResultQuerySet:
        """Without a day: what holds now."""
        if not self.form.cleaned_data["on"]:
            queryset = queryset.filter(until=None)
        return super().filter_queryset(queryset)  # type: ignore[no-any-return]
