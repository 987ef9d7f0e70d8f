"""The process that marks a stranger's file: as `child`, but it answers with a workbook."""

from __future__ import annotations

from typing import Any

from obligations.tables import child, marking
from obligations.tables.headers import Known
from obligations.tables.marks import Mark


def main() -> None:
    child.serve(_mark)


def _mark(request: dict[str, Any], data: bytes) -> bytes:
    return marking.mark(
        data,
        name=request["name"],
        sheet=request["sheet"],
        marks=[Mark(*mark) for mark in request["marks"]],
        known=[Known(*column) for column in request["known"]],
    )


if __name__ == "__main__":
    main()
