"""What people fill in about deliveries, promises and keys."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField, DepartmentField, Styled
from accounts.models import Department, Level, User
from obligations.tables import cells
from sharing_lists.models import Promise, SharingTerms
from sharing_lists.promises import CYCLES


class DeliveryForm(Styled, forms.Form):
    """A delivery that a person saw arrive."""

    arrived_on = DayField(label=_("Arrived on"))
    covers_from = DayField(label=_("Period from"), required=False)
    covers_to = DayField(
        label=_("Period until"),
        required=False,
        help_text=_("Left empty, the newest data or the day of arrival counts."),
    )
    newest_data_on = DayField(label=_("Newest data of"), required=False)
    rows = forms.IntegerField(
        label=_("Rows of data"), required=False, min_value=0, max_value=10**15
    )
    receipt = forms.CharField(
        label=_("Number of the receipt"),
        required=False,
        max_length=100,
        help_text=_("Kept as evidence of the kind “delivery receipt”, such as DS-20260331-0007."),
    )
    note = forms.CharField(label=_("Remark"), required=False, max_length=300)


class PromiseForm(Styled, forms.Form):
    """What deliveries under one item must hold."""

    # Apart from the other forms of the page.
    AUTO_ID = "promise-%s"

    min_rows = forms.IntegerField(
        label=_("At least so many rows"), required=False, min_value=0, max_value=10**15
    )
    required_fields = forms.CharField(
        label=_("Required fields"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Names joined by 、; receipts that name their fields are checked for them."),
    )

    @classmethod
    def of(cls, settings: Promise) -> PromiseForm:
        known = {
            "min_rows": settings.min_rows,
            "required_fields": "、".join(settings.required_fields),
        }
        return cls(initial=known, auto_id=cls.AUTO_ID)

    def clean_required_fields(self) -> list[str]:
        return cells.listed(self.cleaned_data["required_fields"])


class RuleForm(Styled, forms.Form):
    """A new version of the grace of one cycle."""

    cycle = forms.ChoiceField(
        label=_("Update cycle"),
        choices=[one for one in SharingTerms.UpdateCycle.choices if one[0] in CYCLES],
    )
    grace_days = forms.IntegerField(label=_("Working days of grace"), min_value=0, max_value=60)
    effective_from = DayField(label=_("In force from"))
    source = forms.CharField(label=_("Rests on"), max_length=200)


class KeyForm(Styled, forms.Form):
    """Which system of which department gets a key."""

    department = DepartmentField(label=_("Department"), required=True)
    system = forms.CharField(
        label=_("System"),
        max_length=100,
        help_text=_("The system that will send receipts, such as 人口库前置机."),
    )

    def __init__(self, data: Any = None, *, by: User, on: dt.date) -> None:
        super().__init__(data)
        if by.role in User.OF_A_DEPARTMENT:
            del self.fields["department"]
            return
        found = Department.objects.existing(on=on).exclude(level=Level.CENTRAL)
        if by.region_id is not None:
            found = found.filter(region_id=by.region_id)
        self.fields["department"].queryset = found.order_by("position", "pk").only("name")  # type: ignore[attr-defined]
