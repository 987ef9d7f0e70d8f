"""What a sheet lets its readers see of what it holds; memory does not grow with its rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from obligations.tables.sheet import TRUE, whole_number
from reports.canonical import Cell
from reports.verifying.styles import Look, Styles

# Elements of a sheet, besides its rows, that say what is seen.
TOLD = ("sheetFormatPr", "sheetView", "col", "autoFilter", "cfRule")
# More stretches of rows, and of cells with one look, are counted, not kept.
STRETCHES = 2_000
_RULES = 20
COLUMNS = 16_384
_FALSE = ("0", "false")
# Points, and characters: what is lower or narrower shows nothing.
_LOWEST, _NARROWEST = 2.0, 0.5
_AREA = 80


@dataclass(slots=True)
class Run:
    """Cells of one column that show values of one kind in the same way."""

    column: int
    first: int
    last: int
    count: int
    look: Look
    is_text: bool

    def told(self) -> list[Any]:
        shows = self.look.text if self.is_text else self.look.number
        return [self.column, self.first, self.last, self.count, self.is_text, shows, self.look.code]


@dataclass(slots=True)
class Stretches:
    """Numbers that follow one another, as the first and last of each stretch."""

    count: int = 0
    kept: list[list[int]] = field(default_factory=list)

    def add(self, number: int) -> None:
        self.count += 1
        if self.kept and self.kept[-1][1] == number - 1:
            self.kept[-1][1] = number
        elif len(self.kept) < STRETCHES:
            self.kept.append([number, number])


class Sight:
    """Fed with a sheet as it is read; `objects` lie over its cells, by their sorts."""

    def __init__(self, styles: Styles, objects: dict[str, int]) -> None:
        self._styles, self._objects = styles, objects
        self._known = styles.known
        self._runs: list[Run] = []
        self._last: dict[int, Run] = {}
        self._left_out = 0
        self._hidden_rows = Stretches()
        # Hidden rows below the last value, which count where something may lie over them.
        self._below: list[int] = []
        # By column: whether it is shown; None where nothing is said of it.
        self._columns: list[bool | None] = [None] * (COLUMNS + 1)
        self._last_column = 0
        self._low_by_default = self._narrow_by_default = False
        self._is_folded = self._hides_zeros = False
        self._rules: list[str] = []

    def cell(self, row: int, column: int, style: str, value: Cell) -> None:
        """A cell that holds something."""
        look = self._known.get(style) or self._styles.look(style)
        if type(value) is str:
            if look.text:
                self._odd_text(row, column, look)
            return
        run = self._last.get(column)
        if run is not None and run.look is look:
            run.last = row
            run.count += 1
        else:
            self._begin(Run(column, row, row, 1, look, is_text=False), column)

    def row(self, number: int, element: etree._Element, cells: list[Cell]) -> None:
        """One row, when its cells were seen."""
        if len(cells) > self._last_column:
            self._last_column = len(cells)
        self._is_folded |= element.get("collapsed") in TRUE
        height = element.get("ht")
        is_low = self._low_by_default if height is None else _measure(height) < _LOWEST
        if not is_low and element.get("hidden") not in TRUE:
            if self._below and any(cell is not None for cell in cells):
                self._take_below()
        elif any(cell is not None for cell in cells):
            self._take_below()
            self._hidden_rows.add(number)
        elif len(self._below) < COLUMNS:
            self._below.append(number)

    def take(self, element: etree._Element) -> None:
        """One of the elements in TOLD."""
        name = str(element.tag).rpartition("}")[2]
        if name == "sheetFormatPr":
            low = _measure(element.get("defaultRowHeight", "15")) < _LOWEST
            fixed = low and element.get("customHeight") in TRUE
            self._low_by_default = fixed or element.get("zeroHeight") in TRUE
            self._narrow_by_default = _measure(element.get("defaultColWidth", "8")) < _NARROWEST
        elif name == "sheetView":
            self._hides_zeros |= element.get("showZeros") in _FALSE
        elif name == "col":
            self._column(element)
        elif name == "autoFilter":
            self._is_folded |= _is_on_sheet(element) and any(map(_is_criterion, element))
        elif self._styles.rule_hides(element) and len(self._rules) < _RULES:
            parent = element.getparent()
            self._rules.append(str(parent.get("sqref", ""))[:_AREA] if parent is not None else "")

    def told(self) -> dict[str, Any]:
        """As JSON values."""
        if self._objects:
            self._take_below()
        columns = self._hidden_columns()
        return {
            "rows": self._hidden_rows.kept,
            "row_count": self._hidden_rows.count,
            "columns": columns.kept,
            "column_count": columns.count,
            "is_folded": self._is_folded,
            "hides_zeros": self._hides_zeros,
            "runs": [run.told() for run in self._runs],
            "left_out": self._left_out,
            "rules": self._rules,
            "objects": self._objects,
        }

    def _odd_text(self, row: int, column: int, look: Look) -> None:
        run = self._last.get(-column)
        if run is not None and run.look is look and run.last >= row - 1:
            run.last = row
            run.count += 1
        else:
            self._begin(Run(column, row, row, 1, look, is_text=True), -column)

    def _begin(self, run: Run, key: int) -> None:
        self._last[key] = run
        if len(self._runs) < STRETCHES:
            self._runs.append(run)
        else:
            self._left_out += 1

    def _take_below(self) -> None:
        """They are not below the last value any more."""
        for number in self._below:
            self._hidden_rows.add(number)
        self._below.clear()

    def _column(self, element: etree._Element) -> None:
        first, last = (whole_number(element.get(name)) for name in ("min", "max"))
        first, last = max(first, 1), min(last, COLUMNS)
        width = element.get("width")
        narrow = self._narrow_by_default if width is None else _measure(width) < _NARROWEST
        is_shown = not narrow and element.get("hidden") not in TRUE
        self._is_folded |= element.get("collapsed") in TRUE
        self._columns[first : last + 1] = [is_shown] * max(last + 1 - first, 0)

    def _hidden_columns(self) -> Stretches:
        """Up to the last that holds something."""
        found = Stretches()
        for column in range(1, self._last_column + 1):
            said = self._columns[column]
            if said is False or (said is None and self._narrow_by_default):
                found.add(column)
        return found


def _is_on_sheet(element: etree._Element) -> bool:
    """Not of a view that somebody keeps beside it."""
    return next(element.iterancestors("{*}customSheetView"), None) is None


def _is_criterion(column: etree._Element) -> bool:
    """Of a filter's column: what rows must hold, not only that it shows no button."""
    return str(column.tag).endswith("}filterColumn") and len(column) > 0


def _measure(text: str) -> float:
    """What is no measure hides nothing."""
    try:
        return float(text)
    except ValueError:
        return _LOWEST
