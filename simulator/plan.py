"""Which systems there are and what they do: a file for its owner alone, for it holds secrets."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path


class Habit(StrEnum):
    """How a system delivers."""

    PUNCTUAL = "punctual"
    LATE = "late"
    # What it sends is refused, each time for another reason.
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Resource:
    """What is delivered: its code or title, its update cycle, and whether by calls or in rows."""

    name: str
    cycle: str
    by_calls: bool = False


@dataclass(frozen=True, slots=True)
class System:
    """One system of a department with its key."""

    name: str
    habit: Habit
    key: str
    secret: str = field(repr=False)
    resources: tuple[Resource, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Port 0: any that is free."""

    port: int
    systems: tuple[System, ...]


def write(plan: Plan, path: Path) -> None:
    """Whole or not at all, and never readable by others."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(plan), file, ensure_ascii=False, indent=1)
    new.replace(path)


def read(path: Path) -> Plan:
    said = json.loads(path.read_text(encoding="utf-8"))
    return Plan(said["port"], tuple(_system(one) for one in said["systems"]))


def _system(said: dict[str, object]) -> System:
    resources = said["resources"]
    assert isinstance(resources, list)
    return System(
        name=str(said["name"]),
        habit=Habit(str(said["habit"])),
        key=str(said["key"]),
        secret=str(said["secret"]),
        resources=tuple(Resource(**one) for one in resources),
    )
