"""The copy of a list file whose faulty cells are coloured and commented."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import structlog

from obligations import filing
from obligations.importing import mappings
from obligations.importing.keeping import FOLDER, bytes_of
from obligations.importing.reading import ListReading
from obligations.models import Import
from obligations.tables import limits, sandbox
from obligations.tables.findings import Refused
from obligations.tables.marks import Mark

logger = structlog.get_logger(__name__)
_MOST_BYTES = 8 * limits.FILE_BYTES


def store(upload: Import, reading: ListReading) -> str:
    """Make and store the copy of an upload; its path, "" where there is nothing to mark or the
    table cannot be written again. Nothing is ever made of a secret file."""
    if reading.outcome != "row_errors":
        return ""
    try:
        copy = copy_of(bytes_of(upload), name=upload.file_name, reading=reading)
    except Refused as refused:
        logger.warning("marked_copy_failed", upload=upload.pk, why=refused.kind)
        return ""
    return filing.store(io.BytesIO(copy), folder=FOLDER, max_bytes=_MOST_BYTES).path


def copy_of(data: bytes, *, name: str, reading: ListReading) -> bytes:
    """The marked table as .xlsx; raises Refused where it cannot be made."""
    return sandbox.mark(
        data,
        name=name,
        sheet=str(reading.layout.get("sheet", "")),
        marks=list(_marks(reading)),
        known=mappings.known_of(reading.kind),
        mapping=mappings.of_layout(reading.layout),
    )


def _marks(reading: ListReading) -> Iterator[Mark]:
    numbers = _numbers(reading.layout)
    for problem in reading.problems:
        number = numbers.get(problem.column, 0)
        yield Mark(problem.row or 0, number, problem.message, "error", problem.column)


def _numbers(layout: Mapping[str, Any]) -> dict[str, int]:
    """The number of a column by its label, or by its letters where it has none; of columns with
    the same label, that of the one which is used."""
    columns = sorted(layout.get("columns", []), key=lambda one: bool(one["field"]))
    by_letters = {str(one["letters"]): int(one["number"]) for one in columns}
    return by_letters | {str(one["label"]): int(one["number"]) for one in columns if one["label"]}
