"""The process that marks a stranger's file: as `child`, but it answers with a workbook."""

from __future__ import annotations

from typing import Any

from obligations.tables import child, marking
from obligations.tables.marks import Mark
from obligations.tables.vocabulary import Known


def main() -> None:
    child.serve(_mark)


def _mark(request: dict[str, Any], data: bytes) -> bytes:
    return marking.mark(
        data,
        name=request["name"],
        sheet=request["sheet"],
        marks=[Mark(*mark) for mark in request["marks"]],
        known=[Known(*column) for column in request["known"]],
        mapping=request["mapping"],
    )


if __name__ == "__main__":
    main()
