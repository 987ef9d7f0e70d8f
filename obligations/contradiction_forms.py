"""How contradictions are narrowed down, and what a person says when deciding on one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Styled
from accounts.models import User
from obligations import cases, contradicting
from obligations.filters import SELECT, any_of, departments_of
from obligations.forms import date
from obligations.kinds import kind_choices
from obligations.models import ContradictionCase
from obligations.models.contradictions import ContradictionCaseQuerySet

STATES = [("open", _("still open")), ("closed", _("settled"))]
OWNERS = [("me", _("handed to me")), ("nobody", _("handed to nobody"))]
# So long a reason holds unless the coordinator says otherwise.
PROPOSED_DAYS = 90


def _codes() -> list[tuple[str, str]]:
    return [(one.code, str(one.label)) for _kind, one in contradicting.listed()]


class ContradictionFilter(df.FilterSet):  # type: ignore[misc]
    """The same for the page and for programs."""

    state = df.ChoiceFilter(method="of_state", choices=STATES, **any_of(_("State")))
    code = df.ChoiceFilter(choices=_codes, **any_of(_("Contradiction")))
    department = df.ModelChoiceFilter(
        field_name="obligation__department", queryset=departments_of, **any_of(_("Department"))
    )
    kind = df.ChoiceFilter(
        field_name="obligation__item__list__kind", choices=kind_choices, **any_of(_("Kind of list"))
    )
    owner = df.ChoiceFilter(method="of_owner", choices=OWNERS, **any_of(_("In whose hands")))
    outcome = df.ChoiceFilter(choices=ContradictionCase.Outcome.choices, **any_of(_("Outcome")))
    obligation = df.NumberFilter(
        field_name="obligation_id", min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    class Meta:
        model = ContradictionCase
        fields: list[str] = []

    def of_state(
        self, rows: ContradictionCaseQuerySet, name: str, value: str
    ) -> ContradictionCaseQuerySet:
        return rows.open() if value == "open" else rows.exclude(outcome="")

    def of_owner(
        self, rows: ContradictionCaseQuerySet, name: str, value: str
    ) -> ContradictionCaseQuerySet:
        return rows.filter(owner=self.request.user if value == "me" else None)


class ReasonForm(Styled, forms.Form):
    """Why it is reopened or sent back; the department reads it."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000})
    )


class ReopenForm(ReasonForm):
    due_on = date(_("New due date"), help_text=_("Empty: by the rule, 10 working days."))


class AcceptForm(ReasonForm):
    """Both sides stand for a reason, until a day."""

    until_on = date(
        _("Until"), required=True, help_text=_("The same is not raised again before that day.")
    )

    def __init__(self, data: Any = None, *, on: dt.date) -> None:
        until = on + dt.timedelta(days=PROPOSED_DAYS)
        super().__init__(data, initial={"until_on": until})


class HandOverForm(Styled, forms.Form):
    """Which coordinator takes it over; nobody: all of the scope again."""

    owner: Any = forms.ModelChoiceField(
        User.objects.none(), label=_("Hand over to"), required=False, widget=SELECT
    )

    def __init__(self, data: Any = None, *, case: ContradictionCase) -> None:
        super().__init__(data, initial={"owner": case.owner_id})
        owner = self.fields["owner"]
        people = [one.pk for one in cases.able(case.obligation)]
        owner.queryset = User.objects.filter(pk__in=people).order_by("pk")  # type: ignore[attr-defined]
        owner.empty_label = _("all coordinators of the scope")  # type: ignore[attr-defined]
