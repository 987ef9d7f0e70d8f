"""Which reader reads which format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from obligations.tables import delimited, legacy, opendocument, worddoc, workbook
from obligations.tables.gate import Format
from obligations.tables.grids import Grid

READERS: Mapping[Format, Callable[[bytes], Iterable[Grid]]] = {
    "xlsx": workbook.read_sheets,
    "xls": legacy.read_sheets,
    "ods": opendocument.read_sheets,
    "csv": delimited.read_tables,
    "docx": worddoc.read_tables,
}


def read_grids(form: Format, data: bytes) -> Iterator[Grid]:
    """The grids of a file that the gate let in, in order; raises Refused."""
    yield from READERS[form](data)
