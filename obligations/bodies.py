"""What a cell of an official table names: bodies one after another, the first one leading. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import Department


@dataclass(frozen=True, slots=True)
class Body:
    """One name. `departments`: the one meant, a group's members, or none while unresolved."""

    name: str
    departments: tuple[Department, ...] = ()
    group_id: int | None = None

    @property
    def department(self) -> Department | None:
        """The one department meant; None for a group and for what is unresolved."""
        return self.departments[0] if self.departments and self.group_id is None else None

    @property
    def is_resolved(self) -> bool:
        return bool(self.departments) or self.group_id is not None

    @property
    def key(self) -> int | str:
        """What stays the same however the name is written; JSON can hold it."""
        if self.department:
            return int(self.department.pk)
        return f"group:{self.group_id}" if self.group_id is not None else self.name


# All names of a cell, in order; empty for a blank one.
Bodies = tuple[Body, ...]


def joined(bodies: Sequence[Body]) -> str:
    """The names as they are stored and given back."""
    return "、".join(body.name for body in bodies)


def in_roles(bodies: Sequence[Body]) -> Iterator[tuple[Department, str]]:
    """(department, role): what the first name means leads, all others support."""
    for place, body in enumerate(bodies):
        for department in body.departments:
            yield department, "supporting" if place else "lead"
