"""What coordinators say of a plan: about what, when, and for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import DayField, Styled
from accounts.models import Department, Level, Region, User
from obligations.reminder_forms import Boxes
from reports import matters
from reports.models import ReportPlan
from reports.recipients import readers
from reports.rhythm import DAY_BEFORE, MAX_NUMBER, MONTH, PERIOD_END, Rule
from reports.scopes import Scope, scope_of

_ENDS = [("start", _("after the period")), ("end", _("counted back from the end of the period"))]
_OWN = "own"


class _People(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People by name, with their role and department: names alone may be two people's."""

    def label_from_instance(self, user: Any) -> str:
        place = f"，{user.department.name}" if user.department else ""
        return f"{user.display_name}（{user.get_role_display()}{place}）"


class PlanForm(Styled, forms.Form):
    """A plan; `plan` is the one that is changed, which stays about what it is about."""

    about = forms.ChoiceField(label=_("About"))
    matter = forms.ChoiceField(label=_("Of what"), required=False)
    rhythm = forms.ChoiceField(
        label=pgettext_lazy("report plan", "Rhythm"), choices=ReportPlan.Rhythm.choices
    )
    number = forms.IntegerField(
        label=_("Working day number"), min_value=1, max_value=MAX_NUMBER, initial=3
    )
    counted = forms.ChoiceField(label=pgettext_lazy("report plan", "Counted"), choices=_ENDS)
    reported = forms.ChoiceField(
        label=pgettext_lazy("report plan", "Reports"),
        choices=ReportPlan.Reported.choices,
        help_text=_("Counted back from the end, only the day before it is due is over."),
    )
    active_from = DayField(
        label=_("Active from"), help_text=_("The first report is the first that falls due then.")
    )
    recipients = _People(
        User.objects.none(),
        label=_("Recipients"),
        required=False,
        widget=Boxes,
        help_text=_("They get it when it is published; who may read the report may receive it."),
    )

    def __init__(
        self, data: Any = None, *, by: User, on: dt.date, plan: ReportPlan | None = None
    ) -> None:
        super().__init__(data, initial=_initial(plan, on=on))
        self._plan, self.by = plan, by
        if plan is not None:
            del self.fields["about"], self.fields["matter"], self.fields["active_from"]
        else:
            self._matters = matters.offered(by)
            self.fields["about"].choices = _abouts(by)  # type: ignore[attr-defined]
            self.fields["matter"].choices = [("", _("all lists")), *self._matters]  # type: ignore[attr-defined]
            self.fields["active_from"].widget.attrs["min"] = on.isoformat()
        offered = readers(self.scope).select_related("department")
        ordered = offered.order_by("role", "department__position", "pk")
        self.fields["recipients"].queryset = ordered  # type: ignore[attr-defined]

    @property
    def scope(self) -> Scope:
        """What the plan is about, as far as the form says it."""
        if self._plan is not None:
            return self._plan.scope
        own = _scope(str(self.data.get("about", _OWN)), by=self.by)
        said = str(self.data.get("matter", ""))
        # What is not offered is refused by the form, and is about nothing meanwhile.
        known = any(said == value for _heading, group in self._matters for value, _label in group)
        return replace(own, **matters.read(said, by=self.by)) if known else own

    def rule(self) -> Rule | None:
        """None as long as the form does not say one."""
        said = self.cleaned_data
        if any(name not in said for name in ("rhythm", "number", "counted", "reported")):
            return None
        from_end = said["counted"] == "end"
        reported = DAY_BEFORE if from_end else said["reported"]
        return Rule(said["rhythm"], said["number"], from_end, reported)


def _initial(plan: ReportPlan | None, *, on: dt.date) -> dict[str, Any]:
    if plan is None:
        rule = {"rhythm": MONTH, "counted": "start", "reported": PERIOD_END}
        return {"about": _OWN, **rule, "active_from": on}
    return {
        "rhythm": plan.rhythm,
        "number": plan.number,
        "counted": "end" if plan.from_end else "start",
        "reported": plan.reported,
        "recipients": list(plan.recipients.values_list("pk", flat=True)),
    }


def _abouts(by: User) -> list[tuple[Any, Any]]:
    """The own scope, then the cities and departments in it."""
    regions = [(f"region-{one.pk}", one.name) for one in _regions(by)]
    departments = [(f"department-{one.pk}", one.name) for one in _departments(by)]
    groups = [
        (pgettext_lazy("report plan", "Regions"), regions),
        (pgettext_lazy("report plan", "Departments"), departments),
    ]
    return [(_OWN, scope_of(by).name), *(group for group in groups if group[1])]


def _regions(by: User) -> QuerySet[Region]:
    """Cities that have departments; the province itself is the whole."""
    if by.region_id is not None:
        return Region.objects.none()
    found = Region.objects.filter(parent__isnull=False, department__isnull=False)
    return found.distinct().order_by("pk")


def _departments(by: User) -> QuerySet[Department]:
    visible = Department.objects.visible_to(by).exclude(level=Level.CENTRAL)
    return visible.filter(obligations__isnull=False).distinct().order_by("position", "pk")


def _scope(about: str, *, by: User) -> Scope:
    """The own scope for whatever is not offered: the form then refuses it."""
    what, _dash, key = about.partition("-")
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return scope_of(by)
    if what == "region":
        return Scope(region=_regions(by).filter(pk=key).first() or by.region)
    department = _departments(by).filter(pk=key).first()
    return Scope(department=department) if department else scope_of(by)
