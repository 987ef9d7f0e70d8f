"""What must be said about a list file that comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Level
from obligations.importing.planning import Target
from obligations.kinds import kind_choices

CONTROL = {"class": "form-control"}
SELECT = {"class": "form-select"}
ISSUING_LEVELS = (Level.CENTRAL, Level.PROVINCE, Level.CITY)


class ChoicesForm(forms.Form):
    """What a person says of the difference: rows to keep, items that replace others."""

    keep_missing = forms.BooleanField(required=False)
    replaces = forms.MultipleChoiceField(required=False)

    def __init__(self, data: QueryDict, *, plan: Mapping[str, Any]) -> None:
        super().__init__(data)
        offered = plan.get("replacements", [])
        self._items = {f"{one['identity']} {one['item']}": one for one in offered}
        field = self.fields["replaces"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key, key) for key in self._items]

    def choices(self) -> dict[str, Any]:
        """As uploads.read_again takes them."""
        chosen = [self._items[key] for key in self.cleaned_data["replaces"]]
        return {
            "keep_missing": self.cleaned_data["keep_missing"],
            "replacements": {one["identity"]: one["item"] for one in chosen},
        }


class UploadForm(forms.Form):
    """The file and the list it is."""

    field_order = ("file", "kind", "batch", "level", "issuer", "issued_on", "sheet")

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "xlsx, xls, et, ods, csv or docx, up to 10 MB and 20,000 rows. No state or work "
            "secrets."
        ),
        widget=forms.FileInput(attrs={**CONTROL, "accept": ".xlsx,.xls,.et,.ods,.csv,.docx"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of list"), choices=kind_choices, widget=forms.Select(attrs=SELECT)
    )
    batch = forms.IntegerField(
        label=_("Batch"),
        min_value=1,
        max_value=999,
        help_text=_("The number of the batch, for example 7 for the seventh."),
        widget=forms.NumberInput(attrs=CONTROL),
    )
    level = forms.ChoiceField(
        label=_("Level of the issuer"),
        choices=[(level.value, level.label) for level in ISSUING_LEVELS],
        widget=forms.Select(attrs=SELECT),
    )
    issuer = forms.CharField(
        label=_("Issuer"),
        required=False,
        max_length=200,
        help_text=_("As on the document. Leave it empty when it is not known."),
        widget=forms.TextInput(attrs=CONTROL),
    )
    issued_on = forms.DateField(
        label=_("Issued on"),
        required=False,
        help_text=_("Gives the year of deadlines such as “by the end of September”."),
        widget=forms.DateInput(attrs={**CONTROL, "type": "date"}, format="%Y-%m-%d"),
    )
    sheet = forms.CharField(
        label=_("Sheet"),
        required=False,
        max_length=100,
        help_text=_("Only when the workbook has several tables: the name of the sheet to read."),
        widget=forms.TextInput(attrs=CONTROL),
    )

    def facts(self) -> dict[str, Any]:
        """The cleaned values, as the process takes them."""
        data = self.cleaned_data
        target = Target(data["batch"], data["level"], data["issuer"].strip(), data["issued_on"])
        file = data["file"]
        return {
            "file": file,
            "name": file.name,
            "kind": data["kind"],
            "sheet": data["sheet"],
            "target": target,
        }
