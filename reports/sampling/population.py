"""Invented items and who owes what under them, over both kinds and all departments."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings

from accounts.models import Department, Level
from docking.kind import CONTENTS, MODES, REACH
from sharing_lists.kind import SHARE_MODES, SHARE_TYPES, UPDATE_CYCLES

_SOURCE = Path(settings.BASE_DIR) / "samples" / "source"
_SHARING_OF_TEN = 6


@dataclass
class Owed:
    """One obligation under an item. The external one, if any, comes first."""

    department: Department
    duty: str
    role_in_item: str = "lead"
    external: bool = False


@dataclass
class Item:
    """One row of a list that was never issued."""

    kind: str
    title: str
    body: Department
    scenes: str
    terms: dict[str, Any]
    owed: list[Owed] = field(default_factory=list)

    def identity_hash(self, number: int) -> str:
        return hashlib.sha256(f"{self.kind} {number} {self.title}".encode()).hexdigest()


def items(random: Random, *, obligation_count: int) -> Iterator[Item]:
    """Items that together make exactly so many obligations."""
    makers = _makers(random)
    left, number = obligation_count, 0
    while left:
        number += 1
        kind = "sharing" if number % 10 < _SHARING_OF_TEN else "docking"
        item = makers[kind](number)
        item.owed = item.owed[:left]
        left -= len(item.owed)
        yield item


def _makers(random: Random) -> dict[str, Any]:
    departments = list(Department.objects.order_by("position", "pk"))
    own = [department for department in departments if department.level != Level.CENTRAL]
    paired = [department for department in own if department.counterpart_id]
    central = {department.pk: department for department in departments}
    pairs = cycle((central[d.counterpart_id or 0], d) for d in _first(paired))
    locals_ = cycle(own)
    resources, systems = cycle(_read("data-resources.csv")), cycle(_read("vertical-systems.csv"))

    def sharing(number: int) -> Item:
        source = next(resources)
        title = f"{source['resource']}（示例{number}）"
        scenes = f"、{source['scene']}、" if source["scene"] else ""
        if number % 3 == 0:
            body, counterpart = next(pairs)
            owed = [Owed(body, "supply", external=True), Owed(counterpart, "apply")]
        else:
            body = next(locals_)
            owed = [Owed(body, "supply")]
        return Item("sharing", title, body, scenes, _sharing_terms(random, source, number), owed)

    def docking(number: int) -> Item:
        source = next(systems)
        title = f"{source['system']}（示例{number}）"
        body, lead = next(pairs) if number % 2 else (next(locals_),) * 2
        owed = [Owed(body, "connect", external=True)] if body is not lead else []
        owed.append(Owed(lead, "connect"))
        others = random.sample(own, k=random.choice((0, 0, 1, 2, 3)))
        owed += [Owed(other, "connect", "supporting") for other in others if other is not lead]
        terms = _docking_terms(
            random, lead, [one.department.name for one in owed if not one.external]
        )
        return Item("docking", title, body, "", terms, owed)

    return {"sharing": sharing, "docking": docking}


def _first(paired: list[Department]) -> list[Department]:
    """The first department of each central body: its counterpart."""
    return list({d.counterpart_id: d for d in reversed(paired)}.values())[::-1]


def _sharing_terms(random: Random, source: dict[str, str], number: int) -> dict[str, Any]:
    share_type = random.choice([code for code in SHARE_TYPES if code != "refused"])
    return {
        "catalogue_code": f"SL{number:08d}" if random.random() < 0.8 else "",
        "data_items": [name for name in source["data_items"].split("、") if name],
        "share_type": share_type,
        "share_conditions": "用于本部门依法履职" if share_type == "conditional" else "",
        "share_scope": "各级政务部门",
        "share_mode": random.choice(list(SHARE_MODES)),
        "update_cycle": random.choice(list(UPDATE_CYCLES)),
        "source_system": "省公共数据平台",
    }


def _docking_terms(random: Random, lead: Department, names: list[str]) -> dict[str, Any]:
    return {
        "tier": random.choice(["central", "provincial"]),
        "mode": random.choice(list(MODES)),
        "contents": [code for code in CONTENTS if random.random() < 0.5] or ["data"],
        "reach": [code for code in REACH if random.random() < 0.6] or ["province"],
        "lead_names": lead.name,
        "supporting_names": "、".join(name for name in names if name != lead.name),
    }


def _read(name: str) -> list[dict[str, str]]:
    with (_SOURCE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
