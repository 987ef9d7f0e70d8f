"""Where an import stands in its wizard, and what its page offers next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jobs.models import Job
from obligations.importing.mappings import OF_COLUMNS
from obligations.importing.planning import Target, find_list
from obligations.models import Duty, Import, ResponsibilityList

PROBLEMS_SHOWN = 200
# What a person can mend by saying whom names mean.
_OF_UNITS = frozenset({"unknown_department", "multiple_departments"})
_State = Import.State


@dataclass(frozen=True)
class Wizard:
    """One import and the job that is at work on it, if any."""

    upload: Import
    job: Job | None

    @property
    def is_working(self) -> bool:
        return self._is_underway and self.job is not None and self.job.is_live

    @property
    def is_stuck(self) -> bool:
        """The job ended and left the import as it was."""
        return self._is_underway and not self.is_working

    @property
    def step(self) -> str:
        """upload, columns, units, check or done."""
        if self.upload.state == _State.APPLIED:
            return "done"
        if self.is_working:
            return "check"
        if self.needs_columns:
            return "columns"
        return "units" if self.needs_units else "check"

    @property
    def needs_columns(self) -> bool:
        """The table was found, but not all that it must have."""
        return self._has_columns and bool(self._kinds & OF_COLUMNS)

    @property
    def needs_units(self) -> bool:
        return bool(self._kinds & _OF_UNITS)

    @property
    def may_map(self) -> bool:
        """Whether sheet and columns can be looked at and said differently."""
        open_states = (_State.READY, _State.ROW_ERRORS, _State.REFUSED)
        is_there = self._has_columns and bool(self.upload.path)
        return is_there and self.upload.state in open_states

    @property
    def unit_count(self) -> int:
        return len(self.upload.unresolved)

    @property
    def other_problem_count(self) -> int:
        """Problems that only the file itself can mend, among those that are kept."""
        return sum(1 for problem in self.upload.problems if problem["kind"] not in _OF_UNITS)

    @property
    def problem_count(self) -> int:
        """All of them; the row keeps only the first ones."""
        return int(self.upload.plan.get("problem_count") or len(self.upload.problems))

    @property
    def problems(self) -> list[dict[str, Any]]:
        return list(self.upload.problems[:PROBLEMS_SHOWN])

    @property
    def changes_nothing(self) -> bool:
        """The list in force says the same already."""
        plan = self.upload.plan
        counts = ("added", "changed", "withdrawn", "continued")
        return "added" in plan and not any(plan.get(name) for name in counts)

    @property
    def in_force(self) -> ResponsibilityList | None:
        """The list to which the file belongs."""
        upload = self.upload
        return find_list(upload.kind, Target(upload.batch, upload.level, upload.issuer))

    @property
    def labels(self) -> list[str]:
        """Those of the sample's columns."""
        return list(self.upload.sample[0]) if self.upload.sample else []

    @property
    def duties(self) -> list[tuple[Any, int]]:
        """How many obligations would be made, by duty."""
        counted = self.upload.plan.get("obligations", {})
        return [(Duty(code).label, count) for code, count in counted.items()]

    @property
    def _has_columns(self) -> bool:
        """Whether there is anything to say: columns, or a sheet to choose."""
        layout = self.upload.layout
        names = [one["name"] for one in layout.get("sheets", [])]
        return (
            bool(layout.get("columns"))
            or len(names) > 1
            or bool(any(names) and not layout["sheet"])
        )

    @property
    def _kinds(self) -> set[str]:
        return {problem["kind"] for problem in self.upload.problems}

    @property
    def _is_underway(self) -> bool:
        return self.upload.state in (_State.READING, _State.APPLYING)
