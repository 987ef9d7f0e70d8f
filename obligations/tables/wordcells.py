"""Rows and cells of a table in a .docx document: spans, revisions, lines."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from obligations.tables import limits
from obligations.tables.findings import refusal
from obligations.tables.grids import Cell, Grid, Merged

# Elements whose content is no longer, or not twice, part of the text.
_GONE = frozenset({"del", "moveFrom", "Fallback"})
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})
_SIGNS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "ptab": "\t"}
_LOOKED_AT = [f"{{*}}{name}" for name in ("t", "p", *_SIGNS, *_GONE)]
_OFF = ("0", "false", "off")
_WIDEST = 1_000


class Table:
    """Fills a grid row by row; cells merged downwards stay open until a row closes them."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.width = 0
        self._row = 0
        self._open: dict[int, Merged] = {}

    def take_row(self, element: etree._Element) -> None:
        self._row += 1
        properties = _child(element, "trPr")
        if _has(properties, "del"):
            return
        column = 1 + _value(properties, "gridBefore", 0)
        cells: dict[int, Cell] = {}
        still_open: dict[int, Merged] = {}
        for cell in _cells(element):
            about = _child(cell, "tcPr")
            span = _value(about, "gridSpan", 1)
            text = text_of(cell)
            merge = _child(about, "vMerge")
            above = self._open.pop(column, None)
            if merge is not None and _attribute(merge, "val") != "restart" and above:
                still_open[column] = above._replace(bottom=self._row)
            else:
                self._close(above)
                still_open[column] = Merged(self._row, column, self._row, column + span - 1)
                if text.strip():
                    cells[column] = Cell("text", text)
            column += max(span, 1)
        for left in self._open.values():
            self._close(left)
        self._open = still_open
        self._keep(cells, is_hidden=_has(properties, "hidden"))
        self.width = max(self.width, column - 1)

    def close(self) -> None:
        """The table's end: what is open ends here, too."""
        for merged in self._open.values():
            self._close(merged)
        self._open = {}
        self.grid.size = (self._row, self.width)

    def _keep(self, cells: dict[int, Cell], *, is_hidden: bool) -> None:
        if not cells:
            return
        self.grid.rows[self._row] = cells
        if is_hidden:
            self.grid.hidden_rows.add(self._row)
        if len(cells) > limits.COLUMNS:
            raise refusal("too_many_columns", count=len(cells), limit=limits.COLUMNS)
        if len(self.grid.rows) > limits.ROWS + limits.ROWS_AROUND:
            raise refusal("too_many_rows", limit=limits.ROWS)

    def _close(self, merged: Merged | None) -> None:
        if merged and (merged.bottom > merged.top or merged.right > merged.left):
            self.grid.merged.append(merged)
        if len(self.grid.merged) > limits.MERGED_RANGES:
            raise refusal("corrupt", "merged")


def text_of(element: etree._Element) -> str:
    """The text as it reads when all revisions are accepted; paragraphs are lines."""
    pieces: list[str] = []
    gone: set[etree._Element] = set()
    for part in element.iter(*_LOOKED_AT):
        name = part.tag.rpartition("}")[2]
        if gone and part in gone:
            continue
        if name == "t":
            pieces.append(part.text or "")
        elif name == "p":
            pieces.append("\n")
        elif name in _GONE:
            gone.update(part.iter(*_LOOKED_AT))
        elif _in_run(part):
            pieces.append(_SIGNS[name])
    return "".join(pieces).strip("\n")


def _in_run(part: etree._Element) -> bool:
    """The stops of a tabulator have the same name as its sign."""
    parent = part.getparent()
    return parent is not None and str(parent.tag).endswith("}r")


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        name = str(child.tag).rpartition("}")[2]
        if name == "tc":
            yield child
        elif name in _WRAPPERS:
            yield from _cells(child)


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The child of this name in whatever namespace; faster than a search with a wildcard."""
    if element is not None:
        for child in element:
            if str(child.tag).rpartition("}")[2] == name:
                return child
    return None


def _has(element: etree._Element | None, name: str) -> bool:
    found = _child(element, name)
    return found is not None and _attribute(found, "val") not in _OFF


def _attribute(element: etree._Element, name: str) -> str:
    for key, value in element.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""


def _value(element: etree._Element | None, name: str, default: int) -> int:
    found = _child(element, name)
    text = _attribute(found, "val") if found is not None else ""
    return min(int(text), _WIDEST) if text.isascii() and text.isdecimal() else default
