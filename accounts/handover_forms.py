"""The form that names a deputy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DayField, Styled
from accounts.models import User


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by name and role."""

    def label_from_instance(self, person: Any) -> str:
        return f"{person.display_name} ({person.get_role_display()})"


class HandoverForm(Styled, forms.Form):
    """Who, from when, until when."""

    deputy = PersonField(User.objects.none(), label=_("Deputy"), empty_label=_("Choose a person"))
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"), help_text=_("This day included."))
    note = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("For example leave.")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.filter(
            department=person.department, is_active=True, role__in=User.OF_A_DEPARTMENT
        )
        field: Any = self.fields["deputy"]
        field.queryset = colleagues.exclude(pk=person.pk).order_by("first_name", "username")
