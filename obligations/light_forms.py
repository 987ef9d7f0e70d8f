"""The form of a new version of the light rule: which conditions, in which order, with how many
days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField, Styled
from obligations import lights
from obligations.light_rules import MOST_DAYS
from obligations.models import LightRule

CHOSEN = tuple(
    code for code in lights.CONDITIONS if code not in (*lights.FIXED_FIRST, lights.FIXED_LAST)
)
# What a condition gets when somebody takes it in.
_USUAL_DAYS = {"due_close": 2}


@dataclass(frozen=True)
class Line:
    """One condition of the vocabulary as a row of the form."""

    code: str
    light: str
    sentence: str
    required: bool
    place: BoundField
    days: BoundField | None


class LightRuleForm(Styled, forms.Form):
    """Places are tried in their order; a condition without a place is left out."""

    effective_from = DayField(label=_("Holds from"), help_text=_("Tomorrow or a later day."))
    note = forms.CharField(
        label=_("Reason or document"),
        max_length=200,
        help_text=_("It stands beside the version, for ever."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in CHOSEN:
            label = lights.sentence_of(code)
            self.fields[f"place_{code}"] = _number(
                _("Place of: %(sentence)s") % {"sentence": label}, 1, 99
            )
            if lights.CONDITIONS[code].reach:
                self.fields[f"days_{code}"] = _number(
                    _("Working days of: %(sentence)s") % {"sentence": label}, 0, MOST_DAYS
                )

    @property
    def head(self) -> list[BoundField]:
        return [self["effective_from"], self["note"]]

    @property
    def lines(self) -> list[Line]:
        """The conditions, those with a place first and in its order."""
        found = [self._line(code) for code in CHOSEN]
        return sorted(found, key=lambda line: _place(line.place.value()))

    def reasons(self) -> list[str]:
        """The chosen conditions in their order; two of one place as the vocabulary has them."""
        places = {code: self.cleaned_data[f"place_{code}"] for code in CHOSEN}
        return sorted((code for code in CHOSEN if places[code]), key=lambda code: places[code])

    def days(self) -> dict[str, int]:
        named = {code: self.cleaned_data.get(f"days_{code}") for code in self.reasons()}
        return {code: count for code, count in named.items() if count is not None}

    def _line(self, code: str) -> Line:
        condition = lights.CONDITIONS[code]
        return Line(
            code=code,
            light=condition.light,
            sentence=str(condition.sentence),
            required=code in lights.REQUIRED,
            place=self[f"place_{code}"],
            days=self[f"days_{code}"] if condition.reach else None,
        )


def as_it_is(rule: LightRule, *, today: dt.date) -> dict[str, Any]:
    """What the form begins with: the newest version, from tomorrow on."""
    held = rule.as_rule
    kept = [code for code in held.reasons if code in CHOSEN]
    places = {f"place_{code}": place for place, code in enumerate(kept, 1)}
    days = {f"days_{code}": count for code, count in {**_USUAL_DAYS, **held.days}.items()}
    return {**places, **days, "effective_from": today + dt.timedelta(days=1)}


def _number(label: str, least: int, most: int) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "form-control form-control-sm", "aria-label": label})
    return forms.IntegerField(
        label=label, required=False, min_value=least, max_value=most, widget=widget
    )


def _place(value: Any) -> int:
    """Where a row of the form stands; what has no place, or none that can be read, is last."""
    text = str(value if value is not None else "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 1000
