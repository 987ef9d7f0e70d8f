"""The form that says which sheet is read, where its header stands, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import RuleViolation
from obligations.importing import mappings
from obligations.kinds import Column, Kind
from obligations.models import Import

_LONGEST_NAME = 100
_MISSING = gettext_lazy("Still missing")
_OTHERS = gettext_lazy("All columns of this kind of list")
WHY: Mapping[str, Promise] = {
    "label": gettext_lazy("called exactly so"),
    "alias": gettext_lazy("a usual other name"),
    "bracket": gettext_lazy("called so, apart from the remark in brackets"),
    "slash": gettext_lazy("one of the names beside the slash"),
    "lower": gettext_lazy("by the lower part of the merged label"),
    "joined": gettext_lazy("by both parts of the merged label together"),
    "upper": gettext_lazy("by the upper part of the merged label"),
    "person": gettext_lazy("said by hand"),
    "remembered": gettext_lazy("remembered from an earlier file"),
    "": gettext_lazy("not recognised"),
}


@dataclass(frozen=True)
class Option:
    """One thing that may be chosen."""

    value: str
    text: str


@dataclass
class ColumnChoice:
    """One column of the file: what was recognised, why, and what is chosen."""

    number: int
    letters: str
    label: str
    samples: list[str]
    recognised: str
    why: Promise
    chosen: str
    is_wrong: bool = False

    @property
    def field(self) -> str:
        """The name of the field that holds the choice."""
        return f"column-{self.number}"


class ColumnsForm:
    """Everything about one import's sheet, header and columns."""

    def __init__(self, upload: Import, *, kind: Kind, data: Any = None) -> None:
        self.layout, self._kind, self._data = upload.layout, kind, data
        self.error = ""
        self._problems = upload.problems
        self.columns = [self._choice(one) for one in self.layout.get("columns", [])]
        if data is not None and not self.asks_for_header:
            for column in self.columns:
                column.chosen = data.get(column.field, "")

    @property
    def asks_for_header(self) -> bool:
        """Only sheet and header rows were sent: columns are recognised below them first."""
        return self._data is not None and "top" in self._data

    @property
    def missing(self) -> list[Column]:
        """Required columns that no column of the file was taken for, or is chosen for now."""
        lacking = set(self.layout.get("missing", [])) - {one.chosen for one in self.columns}
        return [column for column in self._kind.columns if column.field in lacking]

    @property
    def groups(self) -> list[tuple[Promise, list[Option]]]:
        """What a column may be used as: what is still missing comes first."""
        missing = self.missing
        others = [column for column in self._kind.columns if column not in missing]
        groups = [(_MISSING, missing), (_OTHERS, others)]
        return [(name, [_option(one) for one in columns]) for name, columns in groups if columns]

    @property
    def reasons(self) -> list[str]:
        """Why the columns do not hold yet, beside what is missing."""
        kinds = mappings.OF_COLUMNS - {"missing_column"}
        return [one["message"] for one in self._problems if one["kind"] in kinds]

    @property
    def sheets(self) -> list[Mapping[str, Any]]:
        """Several ones to choose from; none where the file has one."""
        sheets: list[Mapping[str, Any]] = self.layout.get("sheets", [])
        several = len(sheets) > 1 or not self.layout.get("sheet", "")
        return [one for one in sheets if one["name"]] if several else []

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """The uppermost rows, and the header's own should they stand further down."""
        rows = list(self.layout.get("first_rows", []))
        shown = {one["number"] for one in rows}
        own = {self.layout.get("top", 0), self.layout.get("bottom", 0)} - {0}
        return rows + [{"number": number, "text": ""} for number in sorted(own - shown)]

    def choices(self) -> dict[str, Any]:
        """As uploads.read_again takes them. RuleViolation for a sheet that the file has not."""
        sheet = self.layout.get("sheet", "")
        if not self.asks_for_header:
            columns = {str(column.number): column.chosen for column in self.columns}
            rows = {"top": self.layout.get("top", 0), "bottom": self.layout.get("bottom", 0)}
            return self._of_sheet(sheet) | {"mapping": {**rows, "columns": columns}}
        wanted = self._data.get("sheet", sheet)
        if wanted != sheet:
            return self._of_sheet(wanted) | {"mapping": {}}
        rows = {"top": self._row("top"), "bottom": self._row("bottom")}
        return self._of_sheet(sheet) | {"mapping": {**rows, "columns": {}}}

    def blame(self, refusal: RuleViolation) -> None:
        """Say why it cannot be, and at which columns."""
        self.error = refusal.sentence
        wrong = refusal.facts.get("columns", ())
        for column in self.columns:
            column.is_wrong = column.number in wrong

    def _of_sheet(self, name: str) -> dict[str, str]:
        """Of several sheets the one; the only one is found again, whatever it is called."""
        names = [one["name"] for one in self.layout.get("sheets", [])]
        if name and (name not in names or len(name) > _LONGEST_NAME):
            raise RuleViolation(_("There is no sheet of this name: choose one of those shown."))
        return {"sheet": name} if len(names) > 1 else {}

    def _row(self, name: str) -> int:
        text = str(self._data.get(name, ""))
        if not (text.isascii() and text.isdecimal() and len(text) < 8):
            raise RuleViolation(_("Choose the first and the last row of the header."))
        return int(text)

    def _choice(self, one: Mapping[str, Any]) -> ColumnChoice:
        labels = {column.field: column.label for column in self._kind.columns}
        label = labels.get(one["field"], "")
        why = WHY[one["why"]]
        if one["why"] in ("person", "remembered") and not label:
            label = _("not used")
        return ColumnChoice(
            one["number"],
            one["letters"],
            one["label"],
            one["samples"],
            label,
            why,
            chosen=one["field"],
            is_wrong=any(one["number"] in pair for pair in self.layout["repeated"]),
        )


def _option(column: Column) -> Option:
    return Option(column.field, f"{column.label} *" if column.required else column.label)
