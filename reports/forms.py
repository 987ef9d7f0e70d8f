"""What people say when they ask for a report, look for one, or decide on one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Level, Region, User
from obligations.today import today
from reports import matters
from reports.models import Report, Snapshot
from reports.models.reports import ReportQuerySet
from reports.scopes import Scope, scope_of

_SELECT = forms.Select(attrs={"class": "form-select"})
_DATE = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
# What a report may be about -> which snapshots are.
_NO_MATTER = Q(snapshot__on_list=None, snapshot__batch=None, snapshot__scene="")
SORTS: dict[str, tuple[Promise, Q]] = {
    "whole": (
        _("the whole province"),
        _NO_MATTER & Q(snapshot__region=None, snapshot__department=None),
    ),
    "region": (_("a region"), _NO_MATTER & Q(snapshot__region__isnull=False)),
    "department": (_("a department"), Q(snapshot__department__isnull=False)),
    "list": (_("a list"), Q(snapshot__on_list__isnull=False)),
    "batch": (_("a batch"), Q(snapshot__batch__isnull=False)),
    "scene": (_("a scene"), ~Q(snapshot__scene="")),
}


class ReportForm(forms.Form):
    """The day; whose, for those who see several departments; and of what, where not of all."""

    on = forms.DateField(label=_("As of the end of"), widget=_DATE)
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=_("the whole province"),
        widget=_SELECT,
    )
    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("all departments"),
        widget=_SELECT,
    )
    matter = forms.ChoiceField(label=_("Of what"), required=False, widget=_SELECT)

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        region, department, matter = (self.fields[name] for name in _ABOUT)
        assert isinstance(region, forms.ModelChoiceField)
        assert isinstance(department, forms.ModelChoiceField)
        assert isinstance(matter, forms.ChoiceField)
        if by is None:
            for name in _ABOUT:
                del self.fields[name]
            return
        matter.choices = [("", _("all lists")), *matters.offered(by)]
        if by.role in by.SCOPED:
            owing = Department.objects.visible_to(by).exclude(level=Level.CENTRAL)
            owing = owing.filter(obligations__isnull=False).distinct()
            department.queryset = owing.order_by("position")
        else:
            del self.fields["department"]
        if by.role in by.SCOPED and by.region_id is None:
            # The province's own departments alone, called by its name, would pass for the whole.
            cities = Region.objects.filter(parent__isnull=False)
            owing_there = cities.filter(department__obligations__isnull=False)
            region.queryset = owing_there.distinct().order_by("pk")
        else:
            del self.fields["region"]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("region") and said.get("department"):
            self.add_error("region", _("Name a region or a department, not both."))
        return said

    @property
    def scope(self) -> Scope:
        """What was chosen; all that the user may report on, where nothing was."""
        region, department = (self.cleaned_data.get(name) for name in ("region", "department"))
        own = scope_of(self._by)
        if region or department:
            own = Scope(region=region, department=department)
        chosen = self.cleaned_data.get("matter")
        if not chosen or self._by is None:
            return own
        of_what = matters.read(chosen, by=self._by)
        return Scope(region=own.region, department=own.department, **of_what)


_ABOUT = ("region", "department", "matter")


class ReasonForm(forms.Form):
    """Why a report is sent back or withdrawn."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )


class ReportFilter(df.FilterSet):  # type: ignore[misc]
    """How the list of reports is narrowed down."""

    q = df.CharFilter(
        field_name="snapshot__scope_name",
        lookup_expr="icontains",
        label=_("About"),
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    state = df.ChoiceFilter(
        field_name="snapshot__state",
        label=_("State"),
        choices=Snapshot.State.choices,
        empty_label=_("All"),
        widget=_SELECT,
    )
    about = df.ChoiceFilter(
        method="of_sort",
        label=_("Sort of scope"),
        choices=[(code, label) for code, (label, _rows) in SORTS.items()],
        empty_label=_("All"),
        widget=_SELECT,
    )
    since = df.DateFilter("snapshot__as_of", "gte", label=_("Day from"), widget=_DATE)
    until = df.DateFilter("snapshot__as_of", "lte", label=_("Day to"), widget=_DATE)

    class Meta:
        model = Report
        fields: list[str] = []

    def of_sort(self, rows: ReportQuerySet, name: str, value: str) -> ReportQuerySet:
        return rows.filter(SORTS[value][1])


def blank_form(by: User, *, on: dt.date | None = None) -> ReportForm:
    """With today filled in, and no day after it offered."""
    form = ReportForm(by=by, initial={"on": on or today()})
    form.fields["on"].widget.attrs["max"] = today().isoformat()
    return form
