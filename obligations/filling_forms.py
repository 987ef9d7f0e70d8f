"""What is asked before a workbook is made, and where one stands that came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.models import Job
from obligations.filling import columns, making
from obligations.filling.applying import MINE, THEIRS
from obligations.filters import departments_of, lists_of
from obligations.models import FillingUpload

SELECT = {"class": "form-select"}
PROBLEMS_SHOWN = 200
# A form posts at most 1,000 fields; the others are decided together.
CONFLICTS_SHOWN = 400
_State = FillingUpload.State


class SelectionForm(forms.Form):
    """Whose workbook, and which rows it holds."""

    department: Any = forms.ModelChoiceField(
        label=_("Department"), queryset=None, widget=forms.Select(attrs=SELECT)
    )
    which = forms.ChoiceField(
        label=_("Which rows"),
        required=False,
        choices=[(making.OPEN, _("all that are open")), (making.OVERDUE, _("only overdue ones"))],
        widget=forms.Select(attrs=SELECT),
    )
    list: Any = forms.ModelChoiceField(
        label=_("List"),
        queryset=None,
        required=False,
        empty_label=_("all lists"),
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(self, data: QueryDict | None, *, request: HttpRequest, by: User) -> None:
        super().__init__(data, auto_id="filling-%s")
        lists = self.fields["list"]
        assert isinstance(lists, forms.ModelChoiceField)
        lists.queryset = lists_of(request)
        departments = self.fields["department"]
        assert isinstance(departments, forms.ModelChoiceField)
        if by.role in User.OF_A_DEPARTMENT:
            del self.fields["department"]
        else:
            departments.queryset = departments_of(request).filter(obligations__external=False)
            departments.queryset = departments.queryset.distinct()


def choices_of(data: QueryDict) -> dict[str, Any]:
    """Whose word holds, as the confirming form says it."""
    said = {
        name.removeprefix("choice-"): value
        for name, value in data.items()
        if name.startswith("choice-") and value in (MINE, THEIRS)
    }
    return {"everywhere": data.get("everywhere", ""), "choices": said}


@dataclass(frozen=True)
class Conflict:
    """One row that others changed, too, with its fields as (label, before, now, in the file)."""

    pk: int
    row: int
    title: str
    chosen: str
    fields: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class HandedIn:
    """One upload and the job that is at work on it, if any; `said`: what was chosen just now."""

    upload: FillingUpload
    job: Job | None
    said: Mapping[str, str]

    @property
    def is_working(self) -> bool:
        return self._is_underway and self.job is not None and self.job.is_live

    @property
    def is_stuck(self) -> bool:
        """The job ended and left the upload as it was."""
        return self._is_underway and not self.is_working

    @property
    def step(self) -> str:
        """check or done; download and fill lie before."""
        return "done" if self.upload.state == _State.APPLIED else "check"

    @property
    def changes_nothing(self) -> bool:
        return not self.upload.changes

    @property
    def problems(self) -> list[dict[str, Any]]:
        return list(self.upload.problems[:PROBLEMS_SHOWN])

    @property
    def claim_count(self) -> int:
        return sum(1 for one in self.upload.changes if one["claims"])

    @property
    def changed_rows(self) -> list[dict[str, Any]]:
        """Rows with what changes for certain, as [label, before, after]."""
        return [_changed(one) for one in self.upload.changes if one["fields"]]

    @property
    def conflicts(self) -> list[Conflict]:
        found = [one for one in self.upload.changes if one["conflicts"]]
        return [_conflict(one, self.said) for one in found[:CONFLICTS_SHOWN]]

    @property
    def conflict_count(self) -> int:
        return sum(1 for one in self.upload.changes if one["conflicts"])

    @property
    def _is_underway(self) -> bool:
        return self.upload.state in (_State.READING, _State.APPLYING)


def _changed(change: dict[str, Any]) -> dict[str, Any]:
    labelled = [(columns.LABEL_OF[name], *pair) for name, pair in _in_order(change["fields"])]
    return {**change, "labelled": labelled}


def _conflict(change: dict[str, Any], said: Mapping[str, str]) -> Conflict:
    fields = [
        (columns.LABEL_OF[name], base, now, mine)
        for name, (base, now, mine) in _in_order(change["conflicts"])
    ]
    chosen = said.get(str(change["pk"]), "")
    return Conflict(change["pk"], change["row"], change["title"], chosen, fields)


def _in_order(fields: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """As the columns stand: what the database keeps of a mapping has another order."""
    return [(name, fields[name]) for name in columns.LABEL_OF if name in fields]
