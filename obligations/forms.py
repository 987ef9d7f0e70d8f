"""What people fill in to move an obligation: one small form for each verb."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from obligations.models import Block, Objection, Obligation, Said
from obligations.workdays import FIRST_DAY, LAST_DAY


def text(label: Any, *, required: bool = False, help_text: Any = "", size: int = 200) -> Any:
    """One line of text."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=size,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


def words(label: Any, *, required: bool = True, help_text: Any = "", rows: int = 3) -> Any:
    """Several lines of text."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": rows}),
    )


def date(label: Any, *, required: bool = False, help_text: Any = "") -> Any:
    """A day of the years that calendars and lists know."""
    return forms.DateField(
        label=label,
        required=required,
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
    )


class DeedForm(forms.Form):
    """A form of one verb; `obligation` gives what is known already."""

    # What to know before filling it in.
    intro: Promise | str = ""

    def __init__(
        self, data: Any = None, files: Any = None, *, obligation: Obligation | None, deed: str
    ) -> None:
        # Several of these stand on one page: the deed keeps their ids, and so their labels, apart.
        known = self.known(obligation) if obligation else {}
        super().__init__(data, files, initial=known, auto_id=f"{deed}-%s")

    def known(self, obligation: Obligation) -> dict[str, Any]:
        """What need not be asked again."""
        return {}

    def typed(self) -> list[tuple[str, str]]:
        """What was written into the lines of text, with their labels."""
        lines = [field for field in self if isinstance(field.field, forms.CharField)]
        return [(str(field.label), field.data) for field in lines if field.data]


class PlanForm(DeedForm):
    planned_on = date(_("Planned date"), help_text=_("When the department means to be done."))
    progress_note = words(_("Progress, problems, next steps"), required=False)
    contact_office = text(_("Responsible office"))
    contact_name = text(_("Person in charge"), size=100)
    contact_phone = text(_("Telephone"), size=40)

    def known(self, obligation: Obligation) -> dict[str, Any]:
        return {name: getattr(obligation, name) for name in self.base_fields}


class PlanManyForm(DeedForm):
    planned_on = date(
        _("Planned date"), required=True, help_text=_("When the department means to be done.")
    )


class ContactForm(forms.Form):
    """Whom a department names for all its obligations."""

    office = text(_("Responsible office"))
    name = text(_("Person in charge"), size=100)
    phone = text(_("Telephone"), size=40)


class DeskForm(forms.Form):
    """What is kept true in place, on the desk."""

    planned_on = date(_("Planned date"))
    progress_note = words(_("Progress, problems, next steps"), required=False)


class ProgressForm(DeedForm):
    """What is said of a period; a claim is another thing."""

    kind = forms.ChoiceField(
        label=_("What there is to say"),
        choices=Said.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    note = words(_("What has been done"), required=False)
    period_from = date(_("Period from"), help_text=_("Left empty: from the first of the month."))
    period_to = date(_("Period until"), help_text=_("Left empty: today."))


class ReasonForm(DeedForm):
    reason = words(_("Reason"), help_text=_("The other side reads this; it is kept."))


class IssueForm(DeedForm):
    note = words(
        _("Note for the departments"),
        required=False,
        help_text=_("It stands on the notice of issue."),
    )


class ReopenForm(ReasonForm):
    due_on = date(_("New due date"), help_text=_("Left empty: 10 working days from today."))


class _OfCentralBody(forms.ModelChoiceField):  # type: ignore[type-arg]
    """What central bodies owe under the same item; each with whether it is opened."""

    def __init__(self, help_text: Any) -> None:
        super().__init__(
            Obligation.objects.none(),
            label=_("Waits for the central body's"),
            required=False,
            help_text=help_text,
            empty_label="—",
            widget=forms.Select(attrs={"class": "form-select"}),
        )

    def label_from_instance(self, row: Any) -> str:
        opened = _("opened") if row.opened_on else _("not opened")
        return f"{row.department.name} · {row.get_duty_display()}（{opened}）"


class _BlockForm(DeedForm):
    """Names the external obligation, where the item has one."""

    def __init__(
        self, data: Any = None, files: Any = None, *, obligation: Obligation, deed: str
    ) -> None:
        super().__init__(data, files, obligation=obligation, deed=deed)
        owed = Obligation.objects.filter(external=True, item=obligation.item_id)
        field = cast(_OfCentralBody, self.fields["external_obligation"])
        field.queryset = owed.exclude(status="withdrawn").select_related("department")
        # Asked once: the field itself would ask again for its choices.
        choices = [(row.pk, field.label_from_instance(row)) for row in field.queryset]
        field.choices = [("", "—"), *choices]
        if not choices:
            del self.fields["external_obligation"]


class AskBlockForm(_BlockForm):
    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=Block.Cause.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    external_obligation = _OfCentralBody(
        _("Where the superior body has not opened it: what it has not opened.")
    )
    reason = words(_("What blocks it, and what would help"))

    def known(self, obligation: Obligation) -> dict[str, Any]:
        return {"external_obligation": obligation.depends_on_id}


class ConfirmBlockForm(_BlockForm):
    external_obligation = _OfCentralBody(
        _("When its opening is recorded, this block is offered for lifting. Left empty: as asked.")
    )
    note = words(_("Note"), required=False)

    def known(self, obligation: Obligation) -> dict[str, Any]:
        asked = obligation.blocks.filter(outcome="").values_list("external_obligation", flat=True)
        return {"external_obligation": asked.first()}


class LiftBlockForm(DeedForm):
    new_due_on = date(
        _("New due date"),
        help_text=_("Left empty: the working days that were left when the block was reported."),
    )
    document_number = text(
        _("Document number of the superior body"),
        help_text=_("Needed when the date of a national row moves."),
    )


class AskExtensionForm(DeedForm):
    intro = _(
        "The due date moves only when the coordinator approves; the original one stays on record."
    )
    days = forms.IntegerField(
        label=_("Working days"),
        min_value=1,
        max_value=366,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )
    reason = words(_("Why more time is needed"))


class ApproveExtensionForm(DeedForm):
    note = words(_("Note"), required=False)
    document_number = text(
        _("Document number of the superior body"), help_text=_("Needed for a national row.")
    )


class ObjectForm(DeedForm):
    intro = _(
        "Against the return of the claim, or against the red light. "
        "Claiming again ends an objection to the return."
    )
    reason = words(_("Why it is not right"))


class UpholdForm(DeedForm):
    reason = words(_("Ruling"), help_text=_("The other side reads this; it is kept."))
    corrected_due_on = date(
        _("Corrected due date"),
        help_text=_("Left empty: the date stays, and the light is marked as explained."),
    )
    document_number = text(
        _("Document number of the superior body"),
        help_text=_("Needed when the date of a national row moves."),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, obligation: Obligation, deed: str
    ) -> None:
        super().__init__(data, files, obligation=obligation, deed=deed)
        subject = obligation.objections.filter(outcome="").values_list("subject", flat=True)
        if Objection.Subject.RETURN in subject:
            self.intro = _("The claim stands again with its first day, and waits for verification.")
            del self.fields["corrected_due_on"], self.fields["document_number"]


class AskExemptionForm(DeedForm):
    reason = words(_("Why it does not apply"))
    until_on = date(_("Until"), help_text=_("Left empty: open-ended."))


class GrantExemptionForm(DeedForm):
    reason = words(_("Reason"), required=False, help_text=_("Needed when nobody asked for it."))
    until_on = date(_("Until"), help_text=_("Left empty: as asked, or open-ended."))
    document_number = text(
        _("Document number of the superior body"), help_text=_("Needed for a national row.")
    )


class OpeningForm(DeedForm):
    opened_on = date(_("Opened on"), help_text=_("Left empty: not opened."))
    note = words(_("How this is known"), help_text=_("For example the notice or its number."))

    def known(self, obligation: Obligation) -> dict[str, Any]:
        return {"opened_on": obligation.opened_on}
