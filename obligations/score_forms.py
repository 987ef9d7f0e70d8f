"""Forms about scores: the day of a statement, objections and rulings, the weights."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField, Styled
from obligations.models import Part, ScoreObjection, ScoreRule


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class DraftForm(Styled, forms.Form):
    as_of = DayField(label=_("Scores at the end of"))


class ObjectionForm(Styled, forms.Form):
    reason = _reason()


class RulingForm(Styled, forms.Form):
    outcome = forms.ChoiceField(label=_("From now on the line"), choices=ScoreObjection.Outcome)
    note = _reason()


class ScoreRuleForm(Styled, forms.Form):
    """The weight of each part; together they are a hundred."""

    completion = forms.IntegerField(label=Part.COMPLETION.label, min_value=0, max_value=100)
    on_time = forms.IntegerField(label=Part.ON_TIME.label, min_value=0, max_value=100)
    upkeep = forms.IntegerField(label=Part.UPKEEP.label, min_value=0, max_value=100)
    response = forms.IntegerField(label=Part.RESPONSE.label, min_value=0, max_value=100)
    least = forms.IntegerField(
        label=_("Least denominator of a ranking"),
        min_value=1,
        max_value=100,
        help_text=_("Departments with fewer applicable obligations have a score and no place."),
    )
    effective_from = DayField(label=_("Holds from"), help_text=_("Today or a later day."))
    note = forms.CharField(
        label=_("Reason or document"),
        max_length=200,
        help_text=_("It stands beside the version, for ever."),
    )

    def values(self) -> dict[str, Any]:
        """As score_rules.add takes them."""
        known = dict(self.cleaned_data)
        return {"weights": {part: known.pop(part) for part in Part.values}, **known}


def as_it_is(rule: ScoreRule, *, today: dt.date) -> dict[str, Any]:
    """What the form begins with: the newest version."""
    return {**rule.weights, "least": rule.least, "effective_from": today}
