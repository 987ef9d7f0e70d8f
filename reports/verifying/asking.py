"""Has a child process read a workbook, so that no file can take this process down."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson
from django.utils.translation import gettext as _

from reports.canonical import Cell
from reports.verifying.reading import Row

FILE_BYTES = 512 * 2**20
WAIT_SECONDS = 900.0
_ROOT = Path(__file__).resolve().parent.parent.parent
_HARMFUL = (
    *("zip_bomb", "too_many_entries", "xml_entity", "path_in_zip", "too_large_uncompressed"),
    *("macro_enabled", "external_links", "embedded_object"),
)
_ENCRYPTED = b"\xd0\xcf\x11\xe0"


class Unreadable(Exception):
    """Nothing can be read from the file; the sentence says why, for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Sheet:
    """What a file says of one sheet; `rows` by number where they were asked for, `sight` as
    `sights.Sight` tells it."""

    name: str
    visible: bool
    digest: str = ""
    rows: dict[int, list[Cell]] = field(default_factory=dict)
    sight: dict[str, Any] = field(default_factory=dict)


def read(
    file: IO[bytes], *, rows_of: Collection[str], patience: float = WAIT_SECONDS
) -> dict[str, Sheet]:
    """The sheets of a workbook, with the rows of some; raises Unreadable, whatever the file is."""
    _check(file)
    found: dict[str, Sheet] = {}
    sheet = Sheet("", visible=False)
    for told in _answers(file, rows_of, patience):
        if isinstance(told, list):
            number, cells = told
            sheet.rows[number] = cells
        elif "sheet" in told:
            sheet = found[told["sheet"]] = Sheet(told["sheet"], told["visible"])
        elif "digest" in told:
            sheet.digest, sheet.sight = told["digest"], told["sight"]
        elif "refused" in told:
            raise Unreadable(_why(told["refused"]))
        else:
            return found
    raise Unreadable(_why("corrupt"))


def rows(file: IO[bytes], name: str) -> Iterator[Row]:
    """The rows of one sheet, as they come; raises Unreadable."""
    for told in _answers(file, [name]):
        if isinstance(told, list):
            yield told[0], told[1]
        elif "refused" in told:
            raise Unreadable(_why(told["refused"]))


def _check(file: IO[bytes]) -> None:
    """What needs no parsing."""
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if not size:
        raise Unreadable(_("The file is empty."))
    if size > FILE_BYTES:
        raise Unreadable(
            _("The file has more than %(limit)s MB: no report is that large.")
            % {"limit": FILE_BYTES // 2**20}
        )
    if start == _ENCRYPTED:
        raise Unreadable(
            _(
                "The file is encrypted, or a workbook of the old format .xls. Take the password "
                "off, or ask for the file as it was downloaded."
            )
        )
    if start[:2] != b"PK":
        raise Unreadable(_why("unsupported_type"))


def _answers(
    file: IO[bytes], rows_of: Collection[str], seconds: float = WAIT_SECONDS
) -> Iterator[Any]:
    """The child's lines; where it dies there are none any more."""
    with subprocess.Popen(
        [sys.executable, "-X", "utf8", "-m", "reports.verifying.child", *rows_of],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONSAFEPATH": "", "MALLOC_ARENA_MAX": "2"},
    ) as child:
        patience = threading.Timer(seconds, child.kill)
        began = time.monotonic()
        patience.start()
        try:
            assert child.stdout is not None
            for line in child.stdout:
                yield orjson.loads(line)
            if time.monotonic() - began >= seconds:
                raise Unreadable(_why("slow"))
        finally:
            patience.cancel()
            child.kill()


def _why(kind: str) -> str:
    if kind in _HARMFUL:
        return _(
            "The file is built like a harmful one (%(kind)s) and was not read further: no report "
            "is made like that."
        ) % {"kind": kind}
    if kind in ("unsupported_type", "strict_ooxml"):
        return _(
            "The file is not an Excel workbook (.xlsx). A report is proved by its workbook alone: "
            "bulletins, CSV, JSON and printed pages carry no fingerprints."
        )
    if kind == "slow":
        return _("Reading the file took too long and was given up.")
    return _("The file is damaged or cut off: it cannot be read as a workbook.")
