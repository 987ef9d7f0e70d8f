"""Forms about consumers: how often they are asked, and who else is one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import Styled
from accounts.models import Department, Level, User
from obligations.forms import date
from obligations.models import ConfirmationRule

_MOST_DAYS = 15


class ConfirmationRuleForm(Styled, forms.Form):
    """A version of the rule; it begins with one of its periods."""

    effective_from = date(_("In force from"), required=True)
    months = forms.TypedChoiceField(
        label=_("Consumers are asked"), choices=ConfirmationRule.Rhythm.choices, coerce=int
    )
    answer_days = forms.IntegerField(
        label=_("Working days to answer, from the start of the period"),
        min_value=1,
        max_value=_MOST_DAYS,
    )
    source = forms.CharField(label=_("Where it is laid down"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, rule: ConfirmationRule, next_on: dt.date) -> None:
        initial = {
            "effective_from": next_on,
            "months": rule.months,
            "answer_days": rule.answer_days,
        }
        super().__init__(data, initial=initial)


class ConsumerForm(Styled, forms.Form):
    """A department that uses an item without owing anything for it."""

    department: Any = forms.ModelChoiceField(Department.objects.none(), label=_("Department"))
    note = forms.CharField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        own = Department.objects.existing(on=timezone.localdate()).exclude(level=Level.CENTRAL)
        if user.region_id is not None:
            own = own.filter(region=user.region_id)
        self.fields["department"].queryset = own.order_by("position", "pk")  # type: ignore[attr-defined]
