"""Cells of one sheet, as they stand in the file; only cells that are not empty are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from obligations.tables.findings import Finding, Refused

CellKind = Literal["text", "number", "date", "error", "no_value", "corrupt"]


class Merged(NamedTuple):
    """A merged range; all numbers are 1-based and included."""

    top: int
    left: int
    bottom: int
    right: int


class Cell(NamedTuple):
    """A cell's value as text: for "date" YYYY-MM-DDTHH:MM:SS, for "number" its shortest digits."""

    kind: CellKind
    text: str
    formula: bool = False


@dataclass(slots=True)
class Grid:
    """Row number -> column number -> cell, with what the sheet says about its rows and columns."""

    name: str = ""
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    date1904: bool = False
    hidden: bool = False
    # Reading stopped here: a refusal, should this be the sheet that is wanted.
    overflow: Refused | None = None
    # Texts around the cells: paragraphs beside the table, what is printed on each page.
    around: list[str] = field(default_factory=list)
    # What the reader has to say about how it read the sheet.
    remarks: list[Finding] = field(default_factory=list)
    # Rows and columns with the empty ones, where the format tells.
    size: tuple[int, int] = (0, 0)

    def texts(self, row: int) -> dict[int, str]:
        """The texts of a row by column."""
        return {column: cell.text for column, cell in self.rows.get(row, {}).items()}


def digits(number: float) -> str:
    """A number as it is shown without a format: whole ones whole, others to fifteen places."""
    if number == int(number) and abs(number) < 1e16:
        return str(int(number))
    return f"{number:.15g}"


def column_number(letters: str) -> int:
    """A -> 1, AA -> 27; 0 for what names no column."""
    plain = letters.upper()
    if not (plain.isascii() and plain.isalpha() and len(plain) <= 3):
        return 0
    number = 0
    for letter in plain:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
