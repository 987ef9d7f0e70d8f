"""Reads the tables of a .docx document as a stream, and the texts that stand around them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from obligations.tables import packages, wordcells
from obligations.tables.archives import Archive, open_archive
from obligations.tables.findings import Finding, Refused, refusal
from obligations.tables.grids import Grid
from obligations.tables.sheet import forget

_TABLE, _ROW, _PARAGRAPH, _GRID = "tbl", "tr", "p", "gridCol"
# Parts that are printed or shown beside the text, where a mark of secrecy may stand.
_ASIDE = ("header", "footer", "footnotes", "endnotes", "comments")
_MOST_TEXTS = 20_000


def read_tables(data: bytes) -> Iterator[Grid]:
    """A grid for each table, named 表格1, 表格2 …; raises Refused where there is none."""
    with open_archive(BytesIO(data)) as archive:
        main = packages.main_part(archive)
        around = _texts_aside(archive, main)
        reading = _Reading(around)
        with archive.open(main) as member:
            tags = [f"{{*}}{name}" for name in (_TABLE, _ROW, _PARAGRAPH, _GRID)]
            events = etree.iterparse(member, events=("start", "end"), tag=tags, **packages.SAFE)
            try:
                for event, element in events:
                    reading.take(event, element)
            except etree.XMLSyntaxError as error:
                raise refusal("corrupt", "part", part=main) from error
    if not reading.grids:
        raise refusal("empty_file", "document")
    reading.grids[0].around = around
    yield from reading.grids


def _texts_aside(archive: Archive, main: str) -> list[str]:
    texts: list[str] = []
    for kind, path in packages.relations(archive, main).values():
        if kind.rpartition("/")[2] in _ASIDE and path in archive:
            root = packages.parse(archive, path)
            texts += [wordcells.text_of(paragraph) for paragraph in root.iter("{*}p")]
    return [text for text in texts if text.strip()][:_MOST_TEXTS]


class _Reading:
    """The tables so far; `depth` tells tables inside tables."""

    def __init__(self, around: list[str]) -> None:
        self.grids: list[Grid] = []
        self.around = around
        self.depth = 0
        self._table: wordcells.Table | None = None

    def take(self, event: str, element: etree._Element) -> None:
        name = str(element.tag).rpartition("}")[2]
        if name == _TABLE:
            self._take_table(event)
            if event == "end" and self.depth == 0:
                forget(element)
        elif event == "end":
            self._take_part(name, element)

    def _take_table(self, event: str) -> None:
        self.depth += 1 if event == "start" else -1
        if event == "start" and self.depth == 1:
            grid = Grid(name=f"表格{len(self.grids) + 1}")
            self.grids.append(grid)
            self._table = wordcells.Table(grid)
        elif event == "start" and not self.grids[-1].remarks:
            fact = {"sheet": self.grids[-1].name}
            self.grids[-1].remarks.append(Finding("nested_tables", facts=fact))
        elif event == "end" and self.depth == 0 and self._table:
            self._table.close()

    def _take_part(self, name: str, element: etree._Element) -> None:
        if name == _PARAGRAPH:
            if self.depth == 0:
                self._take_paragraph(element)
        elif self.depth == 1 and self._table:
            if name == _GRID:
                self._table.width += 1
            else:
                self._take_row(element, self._table)

    def _take_paragraph(self, element: etree._Element) -> None:
        text = wordcells.text_of(element)
        if text.strip() and len(self.around) < _MOST_TEXTS:
            self.around.append(text)
        forget(element)

    def _take_row(self, element: etree._Element, table: wordcells.Table) -> None:
        if table.grid.overflow is None:
            try:
                table.take_row(element)
            except Refused as overflow:
                table.grid.overflow = overflow
        forget(element)


__all__ = ["Refused", "read_tables"]
