"""Reads a list from a file of this machine, as the command does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from obligations.importing.reading import ListReading, read
from obligations.kinds import Kind
from obligations.tables import gate, limits, wording
from obligations.tables.findings import Refused, refusal


def read_file(
    path: Path,
    *,
    kind: Kind,
    on: dt.date,
    issued_on: dt.date | None = None,
    **choices: Any,
) -> tuple[ListReading, bytes]:
    """The reading and the bytes; a file that cannot be opened is refused like any other.
    `choices` as for `read`."""
    try:
        data = _bytes(path)
    except Refused as refused:
        problems = [finding.said() for finding in refused.findings]
        return ListReading("reject", kind, problems=problems), b""
    reading = read(data, name=path.name, kind=kind, on=on, issued_on=issued_on, **choices)
    return reading, data


def _bytes(path: Path) -> bytes:
    gate.check_name(path.name)
    shown = wording.quoted(str(path), length=80)
    try:
        if not path.exists():
            raise refusal("bad_filename", "absent", file=shown)
        if not path.is_file():
            raise refusal("bad_filename", "no_file", file=shown)
        gate.check_size(path.stat().st_size)
        with path.open("rb") as file:
            return file.read(limits.FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise refusal("bad_filename", "unreadable", file=shown) from error
