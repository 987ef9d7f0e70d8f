"""Forms about deadline rules, calendars and dates that moved."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField, Styled
from accounts.models import Department, Region, User
from obligations.models import Clock, DateBasis, DeadlineRule


class RuleForm(Styled, forms.Form):
    """A new version of a rule: how long, since when, and by which document."""

    clock = forms.ChoiceField(label=_("What is timed"), choices=Clock.choices)
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=_("Region"),
        required=False,
        empty_label=_("everywhere"),
        help_text=_("A local rule goes before the general one; the law may only be shortened."),
    )
    days = forms.IntegerField(label=_("Length"), min_value=1, max_value=366)
    unit = forms.ChoiceField(label=_("Unit"), choices=DeadlineRule.Unit.choices)
    max_extension_days = forms.IntegerField(
        label=_("Extension at most"), min_value=0, max_value=366, required=False
    )
    effective_from = DayField(
        label=_("Holds from"), help_text=_("The day of the event decides, such as the return.")
    )
    effective_to = DayField(
        label=_("Holds until"), required=False, help_text=_("Local rules only; empty: open.")
    )
    source = forms.CharField(
        label=_("Document"),
        max_length=200,
        help_text=_("Title or document number; it is shown with every date."),
    )
    recount = forms.BooleanField(
        label=_("Count dates of events since that day anew"),
        required=False,
        help_text=_("Otherwise dates that are written stay as they are."),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = places()  # type: ignore[attr-defined]
        self.fields["recount"].widget.attrs["class"] = "form-check-input"

    def values(self) -> dict[str, Any]:
        """As rules.draft takes them."""
        known = dict(self.cleaned_data)
        known.pop("recount")
        return {**known, "max_extension_days": known["max_extension_days"] or 0}


class CalendarForm(Styled, forms.Form):
    """A file with the days of a year, and what it is."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2099)
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=_("Region"),
        required=False,
        empty_label=_("the whole country"),
        help_text=_("For holidays of one region only; they count beside the country's."),
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("official", _("official: as announced")), ("provisional", _("provisional"))],
    )
    source = forms.CharField(
        label=_("Source"), max_length=100, help_text=_("The announcement, by document number.")
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("CSV or xlsx with the columns 日期, 安排 (放假 or 上班) and 说明."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = places()  # type: ignore[attr-defined]


class MovedForm(Styled, forms.Form):
    """Which of the moved dates are shown."""

    field = forms.ChoiceField(
        label=_("Date"), required=False, choices=[("", _("all")), *DateBasis.Field.choices]
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label=_("all")
    )
    since = DayField(label=_("Moved since"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Department.objects.visible_to(user).filter(obligations__date_bases__recount__gt=0)
        departments = seen.distinct().order_by("position", "pk")
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


def places() -> Any:
    """Regions in which a department lies, and those they lie in."""
    used = Region.objects.filter(department__isnull=False)
    return (used | Region.objects.filter(children__in=used)).distinct().order_by("pk")
