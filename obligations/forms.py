"""What people fill in to move an obligation: one small form for each verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from obligations import terms
from obligations.evidence import MAX_FILE_BYTES, NewEvidence
from obligations.evidence_kinds import FORMATS, MAX_LENGTH
from obligations.models import Block, Evidence, Objection, Obligation, Said
from obligations.workdays import FIRST_DAY, LAST_DAY

ACCEPTED_FILES = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.csv,.txt"


def text(label: Any, *, required: bool = False, help_text: Any = "", size: int = 200) -> Any:
    """One line of text."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=size,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


def words(label: Any, *, required: bool = True, help_text: Any = "") -> Any:
    """Several lines of text."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=4000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
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


def _code(label: Any, kind: str, more: Any = "") -> Any:
    """One line of evidence, with an example of what is right."""
    example = format_lazy(_("For example {example}"), example=FORMATS[kind].example)
    return text(label, size=MAX_LENGTH, help_text=format_lazy("{} {}", example, more))


class EvidenceForm(DeedForm):
    """Evidence by number, code or link before uploads: whichever there is."""

    document = _code(_("Document number"), Evidence.Kind.DOCUMENT)
    catalogue = _code(_("Catalogue code"), Evidence.Kind.CATALOGUE)
    registration = _code(
        _("Registration number"),
        Evidence.Kind.REGISTRATION,
        _("(national public data registration platform)"),
    )
    interface = _code(_("Interface code"), Evidence.Kind.INTERFACE)
    link = _code(_("Link"), Evidence.Kind.LINK)
    receipt = _code(
        _("Delivery receipt"), Evidence.Kind.RECEIPT, _("; with the period that it covers")
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "pdf, png, jpg, docx, xlsx, csv or txt, up to 10 MB. No state or work secrets."
        ),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ACCEPTED_FILES}),
    )
    period_from = date(_("Covers from"), help_text=_("Of the receipt, interface, link or file."))
    period_to = date(_("Covers until"), help_text=_("Left empty: that one day."))
    replaces = forms.ChoiceField(
        label=_("Newer version of"),
        required=False,
        help_text=_("Both stay on record; the newer one counts."),
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, obligation: Obligation, **more: Any) -> None:
        super().__init__(*args, obligation=obligation, **more)
        older = [
            (str(one.pk), f"{one.get_kind_display()} {str(one)[:60]}")
            for one in obligation.evidence.newest().order_by("-pk")
        ]
        if older:
            choice: Any = self.fields["replaces"]
            choice.choices = [("", _("— nothing, it is new —")), *older]
            self._kinds = dict(obligation.evidence.values_list("pk", "kind"))
        else:
            del self.fields["replaces"]

    def clean_file(self) -> UploadedFile[Any] | None:
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > MAX_FILE_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB: send a smaller one."))
        return file

    def clean(self) -> dict[str, Any]:
        given = {kind for kind in Evidence.Kind.values if self.cleaned_data.get(kind)}
        covered = self.cleaned_data.get("period_from") or self.cleaned_data.get("period_to")
        if covered and given and not given - set(Evidence.TIMELESS):
            self.add_error("period_from", _("None of the lines above covers a period."))
        older = self.cleaned_data.get("replaces")
        if older and self._kinds.get(int(older)) not in given:
            self.add_error("replaces", _("Fill in the line of the same kind that replaces it."))
        return self.cleaned_data

    def pieces(self) -> list[NewEvidence]:
        """What was filled in, as evidence."""
        return [self._piece(kind) for kind in Evidence.Kind.values if self.cleaned_data.get(kind)]

    def _piece(self, kind: str) -> NewEvidence:
        given, about = self.cleaned_data[kind], self.cleaned_data
        more: dict[str, Any] = {}
        if kind not in Evidence.TIMELESS:
            more = {name: about.get(name) for name in ("period_from", "period_to")}
        older = about.get("replaces")
        if older and self._kinds.get(int(older)) == kind:
            more["replaces"] = int(older)
        if kind == Evidence.Kind.FILE:
            return NewEvidence(kind, file=given, name=given.name, **more)
        return NewEvidence(kind, text=given, **more)


class AttachForm(EvidenceForm):
    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors and not self.pieces():
            raise forms.ValidationError(_("Fill in one line, or choose a file."))
        return self.cleaned_data


class ClaimForm(EvidenceForm):
    intro = _("Give at least one piece of evidence, unless some is attached already.")
    note = words(_("What was done"), required=False)

    def known(self, obligation: Obligation) -> dict[str, Any]:
        note = obligation.claim_note if obligation.return_reason else ""
        named = obligation.evidence.filter(kind=Evidence.Kind.CATALOGUE).exists()
        code = "" if named else dict(terms.written(obligation.item)).get("目录代码", "")
        return {"note": note, "catalogue": code}


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


class AskBlockForm(DeedForm):
    cause = forms.ChoiceField(
        label=_("Cause"),
        choices=Block.Cause.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    reason = words(_("What blocks it, and what would help"))


class NoteForm(DeedForm):
    note = words(_("Note"), required=False)


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
