"""What people say when they ask for a report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Level, User
from obligations.today import today
from reports.scopes import Scope, scope_of


class ReportForm(forms.Form):
    """The day, and for those who see several departments, which one."""

    on = forms.DateField(
        label=_("As of the end of"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )
    department = forms.ModelChoiceField(
        label=_("About"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("all departments"),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, by: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)
        if by is None or by.role not in by.SCOPED:
            del self.fields["department"]
        else:
            visible = Department.objects.visible_to(by).exclude(level=Level.CENTRAL)
            field.queryset = (
                visible.filter(obligations__isnull=False).distinct().order_by("position")
            )

    @property
    def scope(self) -> Scope:
        """The department chosen, or all that the user may report on."""
        chosen = self.cleaned_data.get("department")
        return Scope(department=chosen) if chosen else scope_of(self._by)


def blank_form(by: User) -> ReportForm:
    """With today filled in, and no day after it offered."""
    form = ReportForm(by=by, initial={"on": today()})
    form.fields["on"].widget.attrs["max"] = today().isoformat()
    return form
