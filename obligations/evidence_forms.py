"""What is handed in as evidence: with a claim, or beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from obligations import terms
from obligations.evidence import MAX_FILE_BYTES, NewEvidence
from obligations.evidence_kinds import FORMATS, MAX_LENGTH
from obligations.forms import DeedForm, date, text, words
from obligations.models import Evidence, Obligation

ACCEPTED_FILES = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.csv,.txt"


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

    # Where not all of it is asked: the names of the fields.
    ASKED: Sequence[str] = ()

    def __init__(self, *args: Any, obligation: Obligation | None, **more: Any) -> None:
        super().__init__(*args, obligation=obligation, **more)
        if self.ASKED:
            self.fields = {name: self.fields[name] for name in self.ASKED}
        elif obligation:
            self._ask_for_older(obligation)

    def _ask_for_older(self, obligation: Obligation) -> None:
        # Read in one go with the page: two forms and a table on it show the same.
        pieces = sorted(obligation.evidence.all(), key=lambda one: -one.pk)
        replaced = {one.replaces_id for one in pieces}
        older = [
            (str(one.pk), f"{one.get_kind_display()} {str(one)[:60]}")
            for one in pieces
            if one.pk not in replaced
        ]
        if older:
            choice: Any = self.fields["replaces"]
            choice.choices = [("", _("— nothing, it is new —")), *older]
            self._kinds = {one.pk: one.kind for one in pieces}
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
        again = obligation.return_reason or obligation.reopen_reason
        note = obligation.claim_note if again else ""
        named = any(one.kind == Evidence.Kind.CATALOGUE for one in obligation.evidence.all())
        code = "" if named else dict(terms.written(obligation.item)).get(terms.CATALOGUE_CODE, "")
        return {"note": note, "catalogue": code}


class DeskClaimForm(ClaimForm):
    """What most claims rest on, in a row of the desk; the obligation's page asks for all of it.

    One blank form serves all rows: scripts put in what the row knows (desk.Line.known).
    """

    ASKED = ("document", "catalogue", "file", "note")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, obligation=None, **more)
        self.fields["note"].widget.attrs["rows"] = 2
