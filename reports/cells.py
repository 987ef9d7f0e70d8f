"""The cells of one column as XML: what stands around their values, and what is known. Pure."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from reports import canonical
from reports.texts import as_xml

Value = str | int | float | Decimal | dt.date | None
# From a cell's style up to the name of the next cell; how many lines its text takes; what it says,
# as the sheet's fingerprint takes it in.
Piece = tuple[bytes, float, canonical.Cell]
_KNOWN_AT_MOST, _LONGEST_KNOWN = 2_048, 100


class Cells:
    """How the cells of one column in one state are written, and those that were already."""

    def __init__(self, start: str, after: str, *, room: float) -> None:
        self.known: dict[Value, Piece] = {}
        self.all_differ = False
        self.room = room
        self.empty = f"{start}/>{after}".encode()
        self.figure, self.figure_end = f"{start}><v>".encode(), f"</v></c>{after}".encode()
        self.text = f'{start} t="inlineStr"><is><t>'.encode()
        self.text_end = f"</t></is></c>{after}".encode()
        # What is escaped brings its own end of the element's name.
        self._escaped = self.text[:-1]
        self._escaped_end = f"</is></c>{after}".encode()

    @property
    def is_full(self) -> bool:
        return len(self.known) >= _KNOWN_AT_MOST

    def keep(self, value: Value, piece: Piece) -> None:
        """Ledgers repeat; long texts seldom do, and would take more memory than all others."""
        is_long = isinstance(value, str) and len(value) > _LONGEST_KNOWN
        if not is_long and len(self.known) < _KNOWN_AT_MOST:
            self.known[value] = piece

    def escaped(self, text: str) -> bytes:
        return self._escaped + as_xml(text).encode() + self._escaped_end
