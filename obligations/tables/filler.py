"""The process that reads a filled-in workbook: as `child`, but it answers with all cells."""

from __future__ import annotations

from typing import Any

import orjson

from obligations.tables import child, gate, readers
from obligations.tables.grids import Grid


def main() -> None:
    child.serve(_read)


def _read(request: dict[str, Any], data: bytes) -> bytes:
    """The cells of every sheet; of another format only its name: it keeps no hidden sheets."""
    form = gate.inspect(data, name=request["name"])
    if form != "xlsx":
        return orjson.dumps({"form": form})
    grids = [_plain(grid) for grid in readers.read_grids(form, data)]
    return orjson.dumps({"form": form, "sheets": grids}, default=tuple)


def _plain(grid: Grid) -> dict[str, Any]:
    if grid.overflow:
        raise grid.overflow
    return {
        "name": grid.name,
        "date1904": grid.date1904,
        "rows": [(number, list(cells.items())) for number, cells in grid.rows.items()],
    }


if __name__ == "__main__":
    main()
