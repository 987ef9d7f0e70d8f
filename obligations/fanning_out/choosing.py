"""What a coordinator chooses: duties with their dates, and bodies with their roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import RuleViolation
from obligations import deadlines
from obligations.models import Dispatch, Duty, RoleInItem

# Bodies that are no department and no group: the item's own, and the cities' data bureaus.
OWN, BUREAUS = "own", "bureaus"
MAX_BODIES = 2000
_LONGEST_DUE = 500


@dataclass(frozen=True, slots=True)
class DutyChoice:
    """`due`: a date or words as a list writes them; "" for the item's own time limit."""

    duty: str
    due: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """`key`: "department:3", "group:2", "name:省公安厅", "bureaus" or "own", whose roles are those
    of the list itself."""

    key: str
    role: str = RoleInItem.LEAD

    @property
    def number(self) -> int:
        """The key of the department or group; 0 where it has none."""
        text = self.key.partition(":")[2]
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0

    @property
    def name(self) -> str:
        """What was written, where it is a name."""
        sort, _colon, text = self.key.partition(":")
        return text if sort == "name" else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything but the items."""

    duties: tuple[DutyChoice, ...]
    bodies: tuple[Named, ...]
    members_on: dt.date
    document_number: str = ""
    issue: bool = False
    note: str = ""
    # The day that gives a year to due dates without one, where it is not `members_on`.
    dues_on: dt.date | None = None

    def due(self, one: DutyChoice) -> deadlines.Deadline | None:
        """An own due date; None for the item's time limit."""
        return read_due(one.due, on=self.dues_on or self.members_on)

    def require_usable(self) -> None:
        """Raise RuleViolation where this can be no dispatch at all."""
        codes = [one.duty for one in self.duties]
        if not codes or not set(codes) <= set(Duty.values) or len(set(codes)) < len(codes):
            raise RuleViolation(_("Choose at least one duty, and each of them once."))
        if not self.bodies:
            raise RuleViolation(_("Choose who owes it: departments, groups or the item's own."))
        if len(self.bodies) > MAX_BODIES:
            raise RuleViolation(_("Too many bodies at once: choose a group instead."))
        for one in self.bodies:
            if one.role not in RoleInItem.values or not _is_known(one):
                raise RuleViolation(_("“%(key)s” is no body.") % {"key": one.key})
        for duty in self.duties:
            self.due(duty)

    def as_json(self) -> dict[str, Any]:
        """The fields of the row that keeps it."""
        return {
            "duties": [{"duty": one.duty, "due": one.due.strip()} for one in self.duties],
            "bodies": [{"key": one.key, "role": one.role} for one in self.bodies],
            "members_on": self.members_on,
            "document_number": self.document_number.strip(),
            "issue": self.issue,
            "note": self.note.strip(),
        }


def of(row: Dispatch) -> Choice:
    """What the row keeps."""
    return Choice(
        duties=duties_of(row.duties),
        bodies=tuple(Named(one["key"], one["role"]) for one in row.bodies),
        members_on=row.members_on,
        document_number=row.document_number,
        issue=row.issue,
        note=row.note,
    )


def duties_of(stored: Sequence[dict[str, str]]) -> tuple[DutyChoice, ...]:
    return tuple(DutyChoice(one["duty"], one["due"]) for one in stored)


def read_due(text: str, *, on: dt.date) -> deadlines.Deadline | None:
    """An own due date as the lists write theirs; None for the item's. Months without a year are
    those of the year of `on`."""
    if not text.strip():
        return None
    if len(text) > _LONGEST_DUE:
        raise RuleViolation(_("A due date has at most 500 characters."))
    try:
        return deadlines.parse(text.strip(), issued_on=on)
    except deadlines.BadDate as bad:
        raise RuleViolation(str(bad)) from bad


def _is_known(one: Named) -> bool:
    sort = one.key.partition(":")[0]
    return one.key in (OWN, BUREAUS) or bool(
        one.name.strip() if sort == "name" else sort in ("department", "group") and one.number
    )
