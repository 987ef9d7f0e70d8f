"""Writing a formatted ledger; peer: zlib compressing the very XML of its sheet, in one pass."""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path

from bench import ledger
from bench.ledger import Line
from reports.books import COMPRESSION

PEER = "zlib"
AT_MOST = 2.5


def run() -> str:
    return ledger.compare("workbook-zlib", PEER, at_most=AT_MOST, act=_compress)


def _compress(_path: Path, ours: Path, held: list[Line]) -> int:
    return len(zlib.compress(_xml(ours, len(held)), COMPRESSION))


@lru_cache(maxsize=1)
def _xml(ours: Path, _size: int) -> bytes:
    """Read once, in the round that warms up."""
    return ledger.sheet_xml(ours)
