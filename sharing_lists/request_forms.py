"""What people fill in about requests for data and for correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField, DepartmentField, Styled
from accounts.models import Department, Level, User
from obligations.models import Obligation
from sharing_lists import requesting
from sharing_lists.models import DataRequest

_LONGEST = 500


class _Resource(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A resource with its provider."""

    def label_from_instance(self, obj: Obligation) -> str:
        return f"{obj.item.title}（{obj.department.name}）"


class RequestForm(Styled, forms.Form):
    """A request as the provider received it; a demander's people record their own."""

    obligation = _Resource(Obligation.objects.none(), label=_("Resource"))
    kind = forms.ChoiceField(label=_("Sort of request"), choices=DataRequest.Kind.choices)
    department = DepartmentField(label=_("Demanding department"), required=True)
    asked_on = DayField(label=_("Received on"), help_text=_("The clock runs from the day after."))
    number = forms.CharField(label=_("Number"), required=False, max_length=100)
    subject = forms.CharField(
        label=_("Subject"),
        max_length=_LONGEST,
        help_text=_("What is needed and for which matter, or what is wrong in the data."),
    )

    def __init__(
        self, data: Any = None, *, by: User, on: dt.date, row: Obligation | None = None
    ) -> None:
        """`row`: the obligation on whose page it stands."""
        super().__init__(data, initial={"asked_on": on}, prefix="request")
        if row is not None:
            del self.fields["obligation"]
        else:
            rows = requesting.askable(by, on=on).exclude(department=by.department_id)
            rows = rows.select_related("item", "department").defer("item__raw")
            self.fields["obligation"].queryset = rows.order_by("item__title", "pk")  # type: ignore[attr-defined]
        if row is None or _asks_itself(by, row):
            del self.fields["department"]
            return
        others = Department.objects.existing(on=on).exclude(level=Level.CENTRAL)
        others = others.exclude(pk=row.department_id).order_by("position", "pk").only("name")
        self.fields["department"].queryset = others  # type: ignore[attr-defined]


def _asks_itself(by: User, row: Obligation) -> bool:
    return by.role in User.OF_A_DEPARTMENT and by.department_id != row.department_id


class ReplyForm(Styled, forms.Form):
    answer = forms.ChoiceField(label=_("Reply"), choices=DataRequest.Answer.choices)
    replied_on = DayField(label=_("Replied on"))
    reason = forms.CharField(
        label=_("Reasons"),
        required=False,
        max_length=_LONGEST,
        help_text=_("Required where it is refused."),
    )


class ExtendForm(Styled, forms.Form):
    """Both days are needed: without consent and notice the day of the reply does not move."""

    days = forms.IntegerField(label=_("Working days more"), min_value=1, max_value=60)
    extended_on = DayField(label=_("Consented on"))
    demander_told_on = DayField(label=_("Demander told on"))
    why = forms.CharField(label=_("Reason"), max_length=_LONGEST)


class DeliverForm(Styled, forms.Form):
    delivered_on = DayField(label=_("Delivered on"))


class CorrectForm(Styled, forms.Form):
    corrected_on = DayField(label=_("Corrected on"))
    result = forms.CharField(label=_("Result of the check"), max_length=_LONGEST)


class TakeBackForm(Styled, forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=_LONGEST)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may be done to a request: its form, where it goes, and its name."""

    verb: str
    label: Promise | str
    url: str
    form: forms.Form


# What is done to a request -> its name and form; the process has the same name.
FORMS: dict[str, tuple[Promise | str, type[forms.Form]]] = {
    "reply": (_("Reply"), ReplyForm),
    "extend": (_("Extend the reply"), ExtendForm),
    "deliver": (_("Record what was delivered"), DeliverForm),
    "correct": (_("Record the correction"), CorrectForm),
    "take_back": (_("Take back"), TakeBackForm),
}


def form_of(verb: str, pk: int, data: Any = None, *, on: dt.date) -> forms.Form:
    """Of one act on one request: many stand on a page."""
    kind: Any = FORMS[verb][1]
    days = {name: on for name, one in kind.base_fields.items() if isinstance(one, DayField)}
    found: forms.Form = kind(data, initial=days, prefix=f"{verb}-{pk}")
    return found


def acts(verbs: Iterable[str], pk: int, *, on: dt.date) -> list[Act]:
    """What may be done to a request, with the forms to do it."""
    return [
        Act(
            verb=verb,
            label=FORMS[verb][0],
            url=reverse(f"sharing_lists:request-{verb.replace('_', '-')}", args=[pk]),
            form=form_of(verb, pk, on=on),
        )
        for verb in verbs
    ]
