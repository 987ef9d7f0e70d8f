"""What cells and rows cannot hold: characters that were taken out, and texts that are too long."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import orjson

# A row that is higher leaves no page for others; the whole text has a sheet of its own.
MOST_LINES = 12.0
LONG_TEXTS = "长文全文"
WHOLE_TEXT = f"……（全文见“{LONG_TEXTS}”表）"


@dataclass(frozen=True)
class Cleaning:
    """One cell whose text did not fit as it was."""

    sheet: str
    cell: str
    removed: int
    cut: int


class Cleanings:
    """The cells that were cleaned: all are counted, the first are kept."""

    MOST = 5_000

    def __init__(self) -> None:
        self.listed: list[Cleaning] = []
        self.count = 0

    def add(self, one: Cleaning) -> None:
        self.count += 1
        if self.count <= self.MOST:
            self.listed.append(one)


@dataclass(frozen=True)
class LongText:
    """A text of which its cell shows the beginning alone: no row is high enough for more."""

    sheet: str
    # The rows of the table are counted from 1.
    row: int
    label: str
    text: str


class LongTexts:
    """Long texts in the order in which they were found: on the disk, for every row may have one."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None

    def __bool__(self) -> bool:
        return self._file is not None

    def add(self, one: LongText) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 close() does
        self._file.write(orjson.dumps([one.sheet, one.row, one.label, one.text]) + b"\n")

    def __iter__(self) -> Iterator[LongText]:
        if self._file is not None:
            self._file.seek(0)
            for line in self._file:
                yield LongText(*orjson.loads(line))

    def close(self) -> None:
        """Forget them."""
        if self._file is not None:
            self._file.close()
            self._file = None
