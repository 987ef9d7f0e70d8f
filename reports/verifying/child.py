"""The process that reads a stranger's workbook, from standard input; answers in lines of JSON.

{"sheet": …, "visible": …} opens a sheet, arrays are rows that were asked for, {"digest": …,
"sight": …} closes it; {"done": true} or {"refused": kind} comes last.
"""

from __future__ import annotations

import contextlib
import resource
import sys
from collections.abc import Iterator
from typing import Any

import orjson

from obligations.tables.findings import Refused
from reports.verifying import reading

MEMORY_BYTES = 2**30
PROCESSOR_SECONDS = 300


def main() -> None:
    _limit()
    wanted = set(sys.argv[1:])
    for told in _told(wanted):
        sys.stdout.buffer.write(orjson.dumps(told) + b"\n")


def _told(wanted: set[str]) -> Iterator[Any]:
    try:
        for sheet in reading.sheets(sys.stdin.buffer):
            yield {"sheet": sheet.name, "visible": sheet.visible}
            for row in sheet.rows:
                if sheet.name in wanted:
                    yield row
            yield {"digest": sheet.seen.hexdigest(), "sight": sheet.sight.told()}
        yield {"done": True}
    except Refused as refused:
        yield {"refused": refused.kind}
    except MemoryError:
        yield {"refused": "too_large_uncompressed"}


def _limit() -> None:
    """Address space and processor time; the parent watches the wall clock."""
    for kind, most, at_last in (
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS, PROCESSOR_SECONDS + 1),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # already lower
            resource.setrlimit(kind, (most, at_last))


if __name__ == "__main__":
    main()
