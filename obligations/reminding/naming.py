"""What a digest says of the first things that a source found: titles, names, nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accounts.models import Department
from obligations.chunks import chunks
from obligations.models import ContradictionCase, Obligation, ScoreObjection

# (keys) -> what stands in the digest for each; one that is not known has no row.
Names = Callable[[Sequence[int]], Mapping[int, dict[str, Any]]]


def row(title: str, *, pk: int | None = None, department: str = "", due_on: object = "") -> Any:
    """One row of a digest; `pk` is the obligation on whose page more stands."""
    return {"id": pk, "title": title, "department": department, "due_on": str(due_on or "")}


def nothing(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    return {}


def obligations(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    fields = ("pk", "item__title", "department__name", "due_on")
    told = {}
    for part in chunks(keys):
        for pk, title, name, due_on in Obligation.objects.filter(pk__in=part).values_list(*fields):
            told[pk] = row(title, pk=pk, department=name, due_on=due_on)
    return told


def of_others(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Obligations of another department: what their consumers may read, and no link."""
    fields = ("pk", "item__title", "department__name")
    told = {}
    for part in chunks(keys):
        for pk, title, name in Obligation.objects.filter(pk__in=part).values_list(*fields):
            told[pk] = row(title, department=name)
    return told


def cases(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """The obligations of contradictions."""
    fields = ("pk", "obligation", "obligation__item__title", "obligation__department__name")
    told = {}
    for part in chunks(keys):
        found = ContradictionCase.objects.filter(pk__in=part)
        for pk, about, title, name in found.values_list(*fields):
            told[pk] = row(title, pk=about, department=name)
    return told


def score_lines(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """The contested lines of objections to scores."""
    fields = ("pk", "line__title", "line__sheet__department_name")
    told = {}
    for part in chunks(keys):
        found = ScoreObjection.objects.filter(pk__in=part)
        for pk, title, name in found.values_list(*fields):
            told[pk] = row(title, department=name)
    return told


def departments(keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    found = Department.objects.filter(pk__in=keys).values_list("pk", "name")
    return {pk: row(name) for pk, name in found}
