"""Reads the cells of a departments file (CSV); what they mean is for department_rows."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from accounts import names
from accounts.department_rows import COLUMNS, FileRefused, Problem

MAX_BYTES = 10 * 2**20
MAX_ROWS = 20_000
_BY_LABEL = {names.matching(label): column for column, label in COLUMNS.items()} | {
    column: column for column in COLUMNS
}


def read(content: bytes) -> list[dict[str, str]]:
    """One dict a row below the header, keyed by the names of COLUMNS; raises FileRefused."""
    if not content.strip():
        raise _whole_file(_("The file is empty; its first row must name the columns."))
    if len(content) > MAX_BYTES:
        raise _whole_file(_("The file is larger than 10 MB; split it."))
    try:
        table = list(csv.reader(io.StringIO(_decode(content), newline=""), strict=True))
    except csv.Error as error:
        raise _whole_file(
            _("The file is not well-formed CSV (%(why)s); save it again as CSV UTF-8.")
            % {"why": error}
        ) from error
    if len(table) > MAX_ROWS + 1:
        raise _whole_file(_("There are more than %(count)s rows; split it.") % {"count": MAX_ROWS})
    header = _columns(table[0])
    return [_cells(row, number, header) for number, row in enumerate(table[1:], start=2)]


def _decode(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _whole_file(_("This is an Excel workbook; save it as “CSV UTF-8” first."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _whole_file(_("The characters cannot be read; save the file as “CSV UTF-8”."))


def _columns(header: list[str]) -> list[str]:
    """The column of each title; a blank title at the end of the header stands for nothing."""
    while header and not names.matching(header[-1]):
        header = header[:-1]
    columns: list[str] = []
    for title in header:
        column = _BY_LABEL.get(names.matching(title))
        if column is None:
            sentence = _("There is no column “%(title)s”. The columns are: %(columns)s.")
            known = "、".join(COLUMNS)
            raise FileRefused([Problem(1, title, sentence % {"title": title, "columns": known})])
        if column in columns:
            raise FileRefused([Problem(1, title, _("This column stands twice; keep one."))])
        columns.append(column)
    if "name" not in columns:
        sentence = _("The column “name” is missing: the first row must hold the titles.")
        raise FileRefused([Problem(1, "name", sentence)])
    return columns


def _cells(row: list[str], number: int, header: list[str]) -> dict[str, str]:
    extra = [cell for cell in row[len(header) :] if names.matching(cell)]
    if extra:
        sentence = _("“%(text)s” stands right of the last title; quote cells that hold commas.")
        raise FileRefused([Problem(number, "", sentence % {"text": extra[0][:50]})])
    return dict(zip(header, row, strict=False))


def _whole_file(sentence: str) -> FileRefused:
    return FileRefused([Problem(0, "", sentence)])
