"""The process that parses a stranger's file: little memory, little time, no way to ask for more.

Reads one line of JSON and then the file's bytes from standard input; answers with JSON.
"""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson

from obligations.tables import limits
from obligations.tables.choosing import read_table
from obligations.tables.findings import Refused, refusal
from obligations.tables.vocabulary import Known, Remembered


def main() -> None:
    gc.disable()  # it lives for one file, and reading makes no cycles worth looking for
    serve(_read)


def serve(answer: Callable[[dict[str, Any], bytes], bytes]) -> None:
    """Answers one request; a refusal is an answer, too."""
    _limit()
    request, data = json.loads(sys.stdin.buffer.readline()), sys.stdin.buffer.read()
    try:
        answered = answer(request, data)
    except Refused as refused:
        answered = _refused(refused)
    except MemoryError:
        answered = _refused(refusal("too_large_uncompressed", "memory"))
    sys.stdout.buffer.write(answered)


def _limit() -> None:
    """Address space and processor time; the parent watches the wall clock."""
    for kind, most, at_last in (
        (resource.RLIMIT_AS, limits.PARSER_BYTES, limits.PARSER_BYTES),
        (resource.RLIMIT_CPU, limits.PARSER_SECONDS, limits.PARSER_SECONDS + 1),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # already lower
            resource.setrlimit(kind, (most, at_last))


def _read(request: dict[str, Any], data: bytes) -> bytes:
    known = [Known(*column) for column in request["known"]]
    table = read_table(
        data,
        name=request["name"],
        known=known,
        sheet=request["sheet"],
        mapping=request["mapping"],
        remembered=_remembered(request["remembered"]),
    )
    answer = {
        "table": {
            "sheet": table.sheet,
            "header_row": table.header_row,
            "labels": table.labels,
            "date1904": table.date1904,
            "problems": [asdict(finding) for finding in table.problems],
            "warnings": [asdict(finding) for finding in table.warnings],
            "layout": table.layout,
        },
        "rows": [(row.number, row.cells, row.raw) for row in table.rows],
    }
    return orjson.dumps(answer, default=tuple)  # a cell is a kind of tuple


def _remembered(said: dict[str, dict[str, str]]) -> Remembered:
    return {
        signature: {int(number): field for number, field in columns.items()}
        for signature, columns in said.items()
    }


def _refused(refused: Refused) -> bytes:
    findings = [asdict(finding) for finding in refused.findings]
    return orjson.dumps({"refused": findings, "layout": refused.layout})


if __name__ == "__main__":
    main()
