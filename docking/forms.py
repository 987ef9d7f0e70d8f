"""What people fill in about milestones, endpoints, allowed hosts and maintenance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms import Styled
from docking.milestones import Planned
from docking.models import Endpoint, Milestone, Stage
from docking.models.milestones import MOST_WEIGHT
from docking.steps import Steps
from obligations.forms import date, text
from obligations.today import SHANGHAI
from obligations.workdays import FIRST_DAY, LAST_DAY

_FIRST = dt.datetime.combine(FIRST_DAY, dt.time(), tzinfo=SHANGHAI)
_LAST = dt.datetime.combine(LAST_DAY, dt.time(), tzinfo=SHANGHAI)


class PlanForm(forms.Form):
    """Three fields for each stage: when, how much it weighs, why it is not needed."""

    def __init__(self, data: Any = None, *, steps: Steps) -> None:
        super().__init__(data, auto_id="plan-%s")
        self.steps = steps
        for stage, step in steps.items():
            label = Stage(stage).label
            for name, field in _fields(label).items():
                field.initial = getattr(step, name)
                self.fields[f"{name}_{stage}"] = field

    def rows(self) -> Iterator[tuple[Milestone, Any, Any, Any]]:
        """Each stage with its three fields."""
        for stage, step in self.steps.items():
            names = (f"{name}_{stage}" for name in ("planned_on", "weight", "not_needed"))
            yield step, *(self[name] for name in names)  # type: ignore[misc]

    def plan(self) -> dict[str, Planned]:
        """What was said of each stage."""
        said = self.cleaned_data
        return {
            stage: Planned(
                planned_on=said[f"planned_on_{stage}"],
                weight=said[f"weight_{stage}"],
                not_needed=said[f"not_needed_{stage}"],
            )
            for stage in self.steps
        }


def _fields(label: Any) -> dict[str, forms.Field]:
    weight = forms.NumberInput(attrs={"class": "form-control", "min": 1, "max": MOST_WEIGHT})
    return {
        "planned_on": date(_("%(stage)s: planned") % {"stage": label}),
        "weight": forms.IntegerField(
            label=_("%(stage)s: weight") % {"stage": label},
            min_value=1,
            max_value=MOST_WEIGHT,
            widget=weight,
        ),
        "not_needed": text(_("%(stage)s: not needed because") % {"stage": label}, size=500),
    }


class ReachForm(forms.Form):
    """When the next stage was reached."""

    stage = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)
    reached_on = date(_("Reached on"), required=True)


class StageForm(forms.Form):
    stage = forms.ChoiceField(choices=Stage.choices)


class EndpointForm(Styled, forms.Form):
    """An address and what it should answer."""

    name = forms.CharField(label=_("Name"), max_length=100)
    url = forms.CharField(
        label=_("Address to probe"),
        max_length=490,
        help_text=_(
            "A health address that gives no shared data; keys do not belong into it. The system "
            "administrator must have allowed its host and port."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    method = forms.ChoiceField(label=_("Method"), choices=Endpoint.Method.choices)
    expected_status = forms.IntegerField(
        label=_("Expected status"), min_value=100, max_value=599, initial=200
    )
    text = forms.CharField(label=_("Text in the answer"), max_length=200, required=False)
    json_field = forms.CharField(
        label=_("JSON field in the answer"),
        max_length=200,
        required=False,
        help_text=_("For example data.status; numbers choose from lists."),
    )
    json_value = forms.CharField(label=_("Its value"), max_length=200, required=False)
    latency_limit_ms = forms.IntegerField(
        label=_("At most so many milliseconds"), min_value=1, max_value=5000, required=False
    )


class HostForm(Styled, forms.Form):
    host = forms.CharField(
        label=_("Host"), max_length=253, help_text=_("Exactly as it stands in the address.")
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    document_number = forms.CharField(label=_("Number of the authorising document"), max_length=100)
    addresses = forms.CharField(
        label=_("IP addresses that the name may lead to"),
        max_length=500,
        required=False,
        help_text=_("Left empty: any but this machine's own and its link's."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


def moment(label: Any) -> forms.DateTimeField:
    """A minute, as the browser's own field writes it."""
    return forms.DateTimeField(
        label=label,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        validators=[MinValueValidator(_FIRST), MaxValueValidator(_LAST)],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class WindowForm(Styled, forms.Form):
    starts_at = moment(_("Begins at"))
    ends_at = moment(_("Ends at"))
    reason = forms.CharField(label=_("What is done"), max_length=500)
