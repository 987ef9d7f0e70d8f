"""Forms of the monthly round: opening one, the rule, and one row's answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region, User
from obligations import round_rules
from obligations.forms import date
from obligations.models import ResponsibilityList, RoundRule
from obligations.models.rounds import MAX_NUMBER

_SELECT = forms.Select(attrs={"class": "form-select"})
_ENDS = [("start", _("from the first of the month")), ("end", _("from the end of the month"))]


class OpenRoundForm(forms.Form):
    """The cut-off is proposed by the rule."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "month", "class": "form-control"}, format="%Y-%m"),
    )
    cut_off_on = date(
        _("Cut-off"), required=True, help_text=_("Later answers are taken, and marked late.")
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label=_("Region"), required=False, widget=_SELECT
    )
    on_list = forms.ModelChoiceField(
        ResponsibilityList.objects.none(), label=_("List"), required=False, widget=_SELECT
    )

    def __init__(self, data: Any = None, *, user: User, on: dt.date) -> None:
        days = round_rules.days_of(round_rules.of(user.region), on)
        super().__init__(data, initial={"month": on, "cut_off_on": max(days.cut_off_on, on)})
        region: Any = self.fields["region"]
        on_list: Any = self.fields["on_list"]
        region.queryset = Region.objects.order_by("pk")
        region.empty_label = _("The whole province")
        on_list.queryset = ResponsibilityList.objects.visible_to(user).order_by("kind", "-batch")
        on_list.empty_label = _("All lists")
        if user.region_id is not None:
            del self.fields["region"]


class RoundRuleForm(forms.Form):
    """When rounds open by themselves."""

    enabled = forms.BooleanField(
        label=_("Open a round every month"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    opens_number = forms.IntegerField(min_value=1, max_value=MAX_NUMBER)
    opens_from_end = forms.ChoiceField(choices=_ENDS, widget=_SELECT)
    cut_off_number = forms.IntegerField(min_value=1, max_value=MAX_NUMBER)
    cut_off_from_end = forms.ChoiceField(choices=_ENDS, widget=_SELECT)

    def __init__(self, data: Any = None, *, rule: RoundRule) -> None:
        ends = {True: "end", False: "start"}
        known = {name: getattr(rule, name) for name in self.base_fields}
        for name in ("opens_from_end", "cut_off_from_end"):
            known[name] = ends[known[name]]
        super().__init__(data, initial=known)
        for name, label in (
            ("opens_number", _("Opens on working day number")),
            ("opens_from_end", _("counted (opening)")),
            ("cut_off_number", _("Cut off on working day number")),
            ("cut_off_from_end", _("counted (cut-off)")),
        ):
            self.fields[name].label = label
            self.fields[name].widget.attrs.setdefault("class", "form-control")

    def figures(self) -> dict[str, Any]:
        """As the rule keeps them."""
        data = dict(self.cleaned_data)
        for name in ("opens_from_end", "cut_off_from_end"):
            data[name] = data[name] == "end"
        return data


class AnswerForm(forms.Form):
    """One row: the three texts, and which button was pressed."""

    kind = forms.CharField(max_length=10, required=False)
    progress = forms.CharField(
        max_length=4000, required=False, label=pgettext_lazy("round", "Progress")
    )
    problems = forms.CharField(
        max_length=4000, required=False, label=pgettext_lazy("round", "Problems")
    )
    next_steps = forms.CharField(max_length=4000, required=False, label=_("Next steps"))
