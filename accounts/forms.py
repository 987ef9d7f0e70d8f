"""Forms of the account pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.core import context
from allauth.core.internal.httpkit import get_client_ip
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import attempts, departments, names, signin
from accounts.audit_words import ACTS, KINDS
from accounts.errors import RuleViolation
from accounts.models import Department, Level, Region, Role, User


class Styled:
    """Gives every field the look of the page frame."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"


class DayField(forms.DateField):
    """A day of the years that we know: the ends of time have no day before or after them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and not 2000 <= value.year <= 2099:
            raise forms.ValidationError(_("Use a day from 2000 to 2099."), code="range")


class DepartmentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A department by its name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(Department.objects.none(), **kwargs)


def _own_departments() -> Any:
    found = Department.objects.existing(on=timezone.localdate()).exclude(level=Level.CENTRAL)
    return found.order_by("position", "pk").only("name")


class AccountForm(Styled, forms.Form):
    """What the system administrator writes about a person."""

    display_name = forms.CharField(label=_("Personal name"), max_length=150)
    department = DepartmentField(label=_("Own department"))
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = _own_departments()  # type: ignore[attr-defined]


class NewAccountForm(AccountForm):
    username = forms.CharField(
        label=_("User name"), max_length=150, help_text=_("With it the person signs in.")
    )
    field_order = ("username",)


class GrantForm(Styled, forms.Form):
    """The one role of an account, and where it applies."""

    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("no role")), *Role.choices]
    )
    department = DepartmentField(
        label=_("Own department"), help_text=_("Officers and reviewers act for it.")
    )
    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=_("Region"),
        required=False,
        help_text=_("For coordinators and leaders of one city; empty means the whole province."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = _own_departments()  # type: ignore[attr-defined]
        used = Region.objects.filter(department__isnull=False).distinct().order_by("pk")
        self.fields["region"].queryset = used  # type: ignore[attr-defined]


class DepartmentForm(Styled, forms.ModelForm):  # type: ignore[type-arg]
    """What the system administrator may change; the official name has its own form."""

    aliases = forms.CharField(
        label=_("More aliases"),
        required=False,
        max_length=1000,
        help_text=_("Separated by “、”. Aliases that exist already are kept."),
    )

    class Meta:
        model = Department
        fields = departments.CHANGEABLE
        labels = {
            "short_name": _("Short name"),
            "level": _("Level"),
            "kind": _("Kind"),
            "region": _("Region"),
            "parent": _("Superior department"),
            "counterpart": _("Central counterpart"),
            "valid_from": _("Exists from"),
            "valid_to": _("Exists until"),
            "successor": _("Successor"),
        }
        widgets = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = Department.objects.order_by("position", "pk").only("name")
        central = bodies.filter(level=Level.CENTRAL)
        self.fields["counterpart"].queryset = central  # type: ignore[attr-defined]
        for name in ("parent", "successor"):
            others = bodies.exclude(pk=self.instance.pk)
            self.fields[name].queryset = others  # type: ignore[attr-defined]

    def clean_aliases(self) -> list[str]:
        parts = (names.tidy(part) for part in self.cleaned_data["aliases"].split("、"))
        return [part[:200] for part in parts if part]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and first > last:
            wrong = _("The last day lies before the first day; correct one of the two.")
            self.add_error("valid_to", wrong)
        return cleaned


class RenameForm(Styled, forms.Form):
    name = forms.CharField(label=_("New official name"), max_length=200)
    on = DayField(label=_("Valid from"))


class DepartmentsFileForm(Styled, forms.Form):
    file = forms.FileField(
        label=_("CSV file"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"})
    )


class TokenForm(Styled, forms.Form):
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("one year"))],
    )


class AuditFilter(Styled, forms.Form):
    """What the auditor looks for."""

    who = forms.CharField(label=_("User name"), required=False, max_length=150)
    verb = forms.ChoiceField(
        label=_("Act"), required=False, choices=[("", _("All")), *ACTS.items()]
    )
    object_type = forms.ChoiceField(
        label=_("Object type"), required=False, choices=[("", _("All")), *KINDS.items()]
    )
    object_id = forms.CharField(label=_("Object number"), required=False, max_length=50)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)


class SignIn(Styled, LoginForm):  # type: ignore[misc]
    """allauth's form in the look of the page frame."""


class ChangePassword(Styled, ChangePasswordForm):  # type: ignore[misc]
    """allauth's form; tries at the old password are counted like sign-in attempts."""

    user: User

    def clean_oldpassword(self) -> str:
        given = str(self.cleaned_data.get("oldpassword", ""))
        address = get_client_ip(context.request)
        try:
            known = signin.check(self.user.username, given, address=address, at=timezone.now())
        except attempts.LockedOut as locked:
            raise forms.ValidationError(locked.sentence) from locked
        if known != self.user:
            raise forms.ValidationError(_("This is not your present password; try again."))
        return given


def carried_out(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Whether the form is valid and the act was allowed; a refusal stands above the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except RuleViolation as refused:
        form.add_error(None, refused.sentence)
        return False
    return True
