"""What a workbook's sheet 校验 says, read without believing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from reports import canonical
from reports.canonical import Cell
from reports.sheets import proof
from reports.verifying import reading


@dataclass(frozen=True)
class Proof:
    """The entries by their keys, and the fingerprints by sheet."""

    told: Mapping[str, str] = field(default_factory=dict)
    of_sheets: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ours(self) -> bool:
        """Whether it has what every such sheet has, in a format that this program knows."""
        return self.told.get(proof.FORMAT) == canonical.FORMAT and self.snapshot is not None

    @property
    def snapshot(self) -> int | None:
        text = self.told.get("snapshot", "")
        plain = text.isascii() and text.isdecimal() and len(text) < 19
        return int(text) if plain else None

    @property
    def fingerprints(self) -> dict[str, object]:
        """As a report's row keeps them."""
        return {
            "format": self.told.get(proof.FORMAT, ""),
            "snapshot": self.told.get(proof.OF_SNAPSHOT, ""),
            "content": self.told.get(proof.WHOLE, ""),
            "sheets": dict(self.of_sheets),
        }


def of_rows(rows: Mapping[int, list[Cell]]) -> Proof:
    """The proof in the rows of a sheet."""
    told: dict[str, str] = {}
    of_sheets: dict[str, str] = {}
    for cells in rows.values():
        key, name, text = (str(cell or "") for cell in [*cells, None, None, None][:3])
        if key == proof.SHEET:
            of_sheets[name] = text
        elif key:
            told[key] = text
    return Proof(told, of_sheets)


def of_file(file: IO[bytes]) -> Proof:
    """The proof in a workbook of our own making, read in this process."""
    for sheet in reading.sheets(file):  # type: ignore[arg-type]
        if sheet.name == proof.NAME:
            return of_rows(dict(sheet.rows))
    return Proof()
