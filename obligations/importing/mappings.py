"""What people said of columns: checked, remembered by the header, used again, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, permissions
from accounts.errors import RuleViolation
from accounts.models import User
from obligations.kinds import Kind, kinds
from obligations.models import ColumnMapping
from obligations.tables import vocabulary
from obligations.tables.findings import Refused
from obligations.tables.vocabulary import Known

if TYPE_CHECKING:
    from obligations.importing.reading import ListReading

# With these, the columns were not understood.
OF_COLUMNS = frozenset(
    {"missing_column", "duplicate_column", "no_header", "choose_sheet", "bad_mapping"}
)
_BY_PEOPLE = ("person", "remembered")
# The newest ones count, should there ever be more.
_MOST = 500


def known_of(kind: Kind) -> list[Known]:
    """What the child process must know of a kind's columns."""
    return [
        Known(column.field, column.label, column.aliases, column.required)
        for column in kind.columns
    ]


def require_possible(mapping: Mapping[str, Any], *, kind: str) -> None:
    """RuleViolation where it cannot hold, whatever the file; `facts["columns"]` are the numbers
    of columns that contradict each other."""
    try:
        vocabulary.said(mapping, sheet="", known=known_of(kinds()[kind]))
    except Refused as refused:
        columns = [number for one in refused.findings for number in one.facts.get("columns", ())]
        facts = {"kind": refused.kind, "columns": columns}
        raise RuleViolation(refused.message, facts=facts) from refused


def remembered(kind: Kind) -> dict[str, dict[str, str]]:
    """Signature of a header -> number of the column -> field; fields that are no more are not
    used."""
    fields = {"", *(column.field for column in kind.columns)}
    rows = ColumnMapping.objects.filter(kind=kind.code).order_by("-updated_at", "-pk")
    return {
        signature: {number: name for number, name in columns.items() if name in fields}
        for signature, columns in rows.values_list("signature", "columns")[:_MOST]
    }


def of_layout(layout: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping that says of a file what was recognised in it."""
    if not layout.get("top"):
        return {}
    columns = {str(one["number"]): one["field"] for one in layout["columns"]}
    return {"top": layout["top"], "bottom": layout["bottom"], "columns": columns}


@transaction.atomic
def remember(reading: ListReading, *, file_name: str, by: User) -> bool:
    """Remember by its header what a person said of a file's columns, once it holds; whether
    anything is new. Of two people who say it at once, the later one counts."""
    layout = reading.layout
    if not layout.get("signature") or any(one.kind in OF_COLUMNS for one in reading.problems):
        return False
    if not _is_by_people(layout):
        return _forget(reading.kind.code, layout, by=by)  # all is recognised without it
    shift = layout["first"] - 1
    columns = {str(one["number"] - shift): one["field"] for one in layout["columns"]}
    row, made = ColumnMapping.objects.select_for_update().get_or_create(
        kind=reading.kind.code,
        signature=layout["signature"],
        defaults={"columns": columns, "file_name": file_name, "created_by": by},
    )
    if not made:
        if row.columns == columns:
            return False
        row.columns, row.file_name, row.created_by = columns, file_name, by
        row.save()
    detail = {"file": file_name, "kind": row.kind, "columns": _in_words(layout)}
    audit.record(row, verb="remember_columns", by=by, detail=detail)
    return True


def used(kind: str, layout: Mapping[str, Any]) -> ColumnMapping | None:
    """What was remembered of the file's header, if it was used."""
    if layout.get("origin") != "remembered":
        return None
    found = ColumnMapping.objects.filter(kind=kind, signature=layout.get("signature", ""))
    return found.select_related("created_by").first()


@transaction.atomic
def forget(kind: str, layout: Mapping[str, Any], *, by: User) -> None:
    """Forget what was said of columns under this header. RuleViolation where it is forgotten."""
    permissions.require(by, "import_list")
    if not _forget(kind, layout, by=by):
        raise RuleViolation(_("Nothing is remembered of this header any more."))


def _forget(kind: str, layout: Mapping[str, Any], *, by: User) -> bool:
    found = ColumnMapping.objects.select_for_update().filter(
        kind=kind, signature=layout.get("signature", "")
    )
    row = found.first()
    if row is None:
        return False
    detail = {"file": row.file_name, "kind": kind, "columns": _in_words(layout)}
    audit.record(row, verb="forget_columns", by=by, detail=detail)
    row.delete()
    return True


def _is_by_people(layout: Mapping[str, Any]) -> bool:
    """Whether anything in it was not recognised alone."""
    return any(one in _BY_PEOPLE for one in (layout["origin"], *_whys(layout)))


def _whys(layout: Mapping[str, Any]) -> list[str]:
    return [one["why"] for one in layout["columns"]]


def _in_words(layout: Mapping[str, Any]) -> dict[str, str]:
    """Label in the file -> field, of those that people said."""
    return {
        one["label"] or one["letters"]: one["field"]
        for one in layout["columns"]
        if one["why"] in _BY_PEOPLE
    }
