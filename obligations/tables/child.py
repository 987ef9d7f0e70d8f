"""The process that parses a stranger's file: little memory, little time, no way to ask for more.

Reads one line of JSON and then the file's bytes from standard input; answers with JSON.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from obligations.tables import limits
from obligations.tables.choosing import read_table
from obligations.tables.findings import Finding, Refused, refusal
from obligations.tables.headers import Known


def main() -> None:
    _limit()
    request, data = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    answer = _answer(request, data)
    json.dump(answer, sys.stdout)


def _limit() -> None:
    """Address space and processor time; the parent watches the wall clock."""
    for kind, most, at_last in (
        (resource.RLIMIT_AS, limits.PARSER_BYTES, limits.PARSER_BYTES),
        (resource.RLIMIT_CPU, limits.PARSER_SECONDS, limits.PARSER_SECONDS + 1),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # already lower
            resource.setrlimit(kind, (most, at_last))


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    known = [Known(*column) for column in request["known"]]
    try:
        table = read_table(data, name=request["name"], known=known, sheet=request["sheet"])
    except Refused as refused:
        return {"refused": [asdict(finding) for finding in refused.findings]}
    except MemoryError:
        return {"refused": [asdict(_too_much())]}
    return {
        "table": {
            "sheet": table.sheet,
            "header_row": table.header_row,
            "labels": table.labels,
            "date1904": table.date1904,
            "problems": [asdict(finding) for finding in table.problems],
            "warnings": [asdict(finding) for finding in table.warnings],
        },
        "rows": [(row.number, row.cells, row.raw) for row in table.rows],
    }


def _too_much() -> Finding:
    return refusal("too_large_uncompressed", "memory").findings[0]


if __name__ == "__main__":
    main()
