"""Forms of the pages about groups of departments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField, Styled
from accounts.models import Department, DepartmentGroup, Level


class GroupForm(Styled, forms.Form):
    """What a group is, and who belongs to it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As documents write it, for example 市直相关部门."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=DepartmentGroup.Kind.choices)
    rule = forms.ChoiceField(
        label=_("Who belongs to it"),
        choices=DepartmentGroup.Rule.choices,
        help_text=_("By a rule, whoever exists on the day of the import belongs to it."),
    )


class GroupNameForm(Styled, forms.Form):
    name = forms.CharField(
        label=_("Another name"), max_length=200, help_text=_("Each name means one group only.")
    )


class MembersForm(Styled, forms.Form):
    """Departments that join, and from when."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label=_("Departments to add"),
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("Hold Ctrl to choose several."),
    )
    valid_from = DayField(label=_("Member from"), required=False, help_text=_("Empty: since ever."))
    valid_to = DayField(
        label=_("Member until"), required=False, help_text=_("This day included; empty: open.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Department.objects.exclude(level=Level.CENTRAL).order_by("position", "pk")
        self.fields["departments"].queryset = own.only("name")  # type: ignore[attr-defined]


class LastDayForm(forms.Form):
    last = DayField(label=_("Last day"))


class DayForm(forms.Form):
    """The day of which the members are shown."""

    on = DayField(
        label=_("Members on"),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "form-control form-control-sm w-auto"},
            format="%Y-%m-%d",
        ),
    )
