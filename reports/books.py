"""A workbook in the making: openpyxl keeps the package and styles, large tables are streamed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from accounts import file_properties
from accounts.cell_text import clean, keep_underscores
from reports import canonical, fingerprints, shared
from reports.cells import Value
from reports.heeding import Heed, at_ease
from reports.looks import Column, Looks
from reports.overflow import Cleaning, Cleanings, LongTexts
from reports.rows import OFFICE_ZONE, Row, RowWriter
from reports.texts import as_xml

# Of zlib's levels the one that on ledgers costs a third less than 6 for 5 % more bytes.
COMPRESSION = 5
_END_OF_ROWS = b"</sheetData>"
_NO_ROWS = b"<sheetData/>"


@dataclass(frozen=True)
class Closing:
    """A line of text below streamed rows, from one column on."""

    text: str
    look: str
    height: float
    column: int = 1
    # Where it stands alone, the last column that is printed: beside it there is nothing to read.
    printed_until: int = 0


@dataclass(frozen=True)
class _Stream:
    writer: RowWriter
    columns: Sequence[Column]
    rows: Iterable[Row]
    empty: Closing | None
    closing: Sequence[Closing]


class Book:
    """One workbook. The same content always gives the same bytes."""

    def __init__(
        self, *, made_at: dt.datetime, compression: int = COMPRESSION, heed: Heed = at_ease
    ) -> None:
        self._heed = heed
        self.workbook = Workbook()
        file_properties.say(self.workbook.properties)
        self.looks = Looks(self.workbook)
        self.cleanings = Cleanings()
        self.long_texts = LongTexts()
        # Of the sheets whose rows are streamed; those of the others are taken when all is said.
        self.prints: dict[str, canonical.SheetPrint] = {}
        self._shared = shared.SharedTexts()
        self._made_at = made_at.astimezone(OFFICE_ZONE).replace(tzinfo=None, microsecond=0)
        # Properties are written as moments of universal time, members' times as a clock shows them.
        self._made_at_utc = made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
        self._compression = compression
        self._streams: dict[str, _Stream] = {}
        self._unused: Worksheet | None = self.workbook.worksheets[0]

    def add_sheet(self, title: str) -> Worksheet:
        """A new last sheet."""
        sheet = self._unused or self.workbook.create_sheet()
        self._unused = None
        sheet.title = title
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Value, *, look: str) -> None:
        """Write one cell; text never becomes a formula."""
        cell = sheet.cell(row, column)
        assert isinstance(cell, Cell)
        cell.style = look
        if not isinstance(value, str):
            cell.value = _without_zone(value)
        elif value:
            cleaned = clean(value)
            if cleaned.removed or cleaned.cut:
                found = Cleaning(sheet.title, cell.coordinate, cleaned.removed, cleaned.cut)
                self.cleanings.add(found)
            cell.value = keep_underscores(cleaned.text)
            cell.data_type = "s"
        if not isinstance(value, str) and isinstance(value, dt.date):
            cell.style = look  # openpyxl replaces the number format when it is given a date

    def stream(
        self,
        sheet: Worksheet,
        columns: Sequence[Column],
        rows: Iterable[Row],
        *,
        first_row: int,
        empty: Closing | None = None,
        closing: Sequence[Closing] = (),
        shortens: bool = False,
    ) -> None:
        """Give a sheet rows that are written, and read from `rows`, only when the book is saved;
        `empty` is said where there turn out to be none. Where it `shortens`, texts for which no
        row is high enough are kept in `long_texts`."""
        seen = self.prints[sheet.title] = canonical.SheetPrint(sheet.title)
        writer = RowWriter(
            sheet.title,
            columns,
            looks=self.looks,
            first_row=first_row,
            heed=self._heed,
            seen=seen,
            cleanings=self.cleanings,
            long_texts=self.long_texts if shortens else None,
        )
        self._streams[sheet.title] = _Stream(writer, columns, rows, empty, closing)

    def fingerprints(self) -> dict[str, str]:
        """Of each visible sheet; complete when all rows are written."""
        return {
            sheet.title: self.prints[sheet.title].hexdigest()
            if sheet.title in self.prints
            else fingerprints.of_sheet(sheet)
            for sheet in self.workbook.worksheets
            if sheet.sheet_state == "visible"
        }

    def save(self, path: Path, *, before_the_frame: Callable[[], None] = lambda: None) -> None:
        """Write the book. `before_the_frame` may add sheets when all rows are written, and give
        them rows that are streamed."""
        with (
            closing(self.long_texts),
            path.open("wb") as file,
            ZipFile(file, "w", ZIP_DEFLATED) as archive,
        ):
            self._write_streams(archive)
            before_the_frame()
            self._write_streams(archive)
            self._write_rest(archive)

    def _write_streams(self, archive: ZipFile) -> None:
        """Those that are not written yet."""
        streams, self._streams = self._streams, {}
        if streams:
            frame = self._frame()
            for title, stream in streams.items():
                self._write_stream(archive, frame, self.workbook[title], stream)

    def _write_stream(
        self, archive: ZipFile, frame: ZipFile, sheet: Worksheet, stream: _Stream
    ) -> None:
        name, writer = sheet.path.removeprefix("/"), stream.writer
        head, tail = _split(self._shared.rewritten(name, frame.read(name)))
        fingerprints.add_cells(writer.seen, sheet)
        heading_row = writer.next_row - 1
        with archive.open(self._member(name), "w", force_zip64=True) as member:
            member.write(head)
            for batch in writer.xml(stream.rows):
                member.write(batch)
            last = max(writer.next_row - 1, heading_row)
            said = [stream.empty] if stream.empty and last == heading_row else []
            below = [*said, *stream.closing]
            for number, line in enumerate(below, last + 1):
                member.write(self._closing_row(number, line))
                before = [None] * (line.column - 1)
                writer.seen.add(number, [*before, clean(line.text).text])
            span = f"A{heading_row}:{get_column_letter(len(stream.columns))}"
            filtered = f"{span}{last}"
            member.write(tail.replace(f'"{span}{heading_row}"'.encode(), f'"{filtered}"'.encode()))
        if sheet.auto_filter.ref:
            sheet.auto_filter.ref = filtered
        if said and said[0].printed_until:
            corner = f"{get_column_letter(said[0].printed_until)}{last + len(below)}"
            sheet.print_area = f"A1:{corner}"

    def _closing_row(self, number: int, line: Closing) -> bytes:
        style, text = self.looks.number(line.look), as_xml(clean(line.text).text)
        place = f"{get_column_letter(line.column)}{number}"
        cell = f'<c r="{place}" s="{style}" t="inlineStr"><is><t{text}</is></c>'
        return f'<row r="{number}" ht="{line.height}" customHeight="1">{cell}</row>'.encode()

    def _write_rest(self, archive: ZipFile) -> None:
        """Everything openpyxl writes, now that the streams' lengths are known."""
        frame = self._frame()
        written = set(archive.namelist())
        # Sheets come before the parts that say what there is: those must know what is shared.
        for name in frame.namelist():
            if name not in written:
                content = self._shared.rewritten(name, frame.read(name))
                archive.writestr(self._member(name), content)
        if texts := self._shared.part():
            archive.writestr(self._member(shared.PART), texts)

    def _frame(self) -> ZipFile:
        """The book as openpyxl writes it, without the streamed rows."""
        self.workbook.properties.created = self._made_at_utc
        self.workbook.properties.modified = self._made_at_utc
        memory = BytesIO()
        ExcelWriter(self.workbook, ZipFile(memory, "w")).save()
        return ZipFile(memory)

    def _member(self, name: str) -> ZipInfo:
        info = ZipInfo(name, date_time=self._made_at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info._compresslevel = self._compression  # type: ignore[attr-defined]
        info.external_attr = 0o600 << 16
        return info


def _without_zone(value: Value) -> Value:
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(OFFICE_ZONE).replace(tzinfo=None, microsecond=0)
    return value


def _split(xml: bytes) -> tuple[bytes, bytes]:
    """A sheet's XML before and after the place of the streamed rows, without its size."""
    xml = xml.replace(_NO_ROWS, b"<sheetData>" + _END_OF_ROWS)
    before, rows_end, after = xml.partition(_END_OF_ROWS)
    start, _, rest = before.partition(b"<dimension ")
    return start + rest.partition(b"/>")[2], rows_end + after
