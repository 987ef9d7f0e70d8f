"""Parses a file in a child process, so that no file can take this one down."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import structlog

from obligations.tables import gate, limits
from obligations.tables.findings import Finding, Refused, refusal
from obligations.tables.grids import Cell
from obligations.tables.marks import Mark
from obligations.tables.table import DataRow, Table
from obligations.tables.vocabulary import Known

logger = structlog.get_logger(__name__)
_ROOT = Path(__file__).resolve().parent.parent.parent


def read_table(
    data: bytes,
    *,
    name: str,
    known: Sequence[Known],
    sheet: str = "",
    mapping: Mapping[str, Any] | None = None,
    remembered: Mapping[str, Mapping[str, str]] | None = None,
) -> Table:
    """The table as `choosing.read_table` finds it; raises Refused, whatever the file does."""
    request: dict[str, Any] = {"name": name, "sheet": sheet, "known": known}
    request |= {"mapping": mapping or {}, "remembered": remembered or {}}
    return _table(orjson.loads(_ask("child", request, data)))


def mark(
    data: bytes,
    *,
    name: str,
    sheet: str,
    marks: Sequence[Mark],
    known: Sequence[Known] = (),
    mapping: Mapping[str, Any] | None = None,
) -> bytes:
    """The file as .xlsx with its faulty cells coloured and commented; raises Refused. `known` and
    `mapping` say how the table was read."""
    request: dict[str, Any] = {"name": name, "sheet": sheet, "marks": marks, "known": known}
    request["mapping"] = mapping or {}
    answer = _ask("marker", request, data)
    if not answer.startswith(b"PK"):
        _raise(orjson.loads(answer))
    return answer


def _ask(module: str, request: dict[str, Any], data: bytes) -> bytes:
    """What the child process answers; its death is a refusal."""
    gate.check_name(request["name"])
    gate.check_size(len(data))
    try:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-m", f"obligations.tables.{module}"],
            input=json.dumps(request).encode() + b"\n" + data,
            capture_output=True,
            cwd=_ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONSAFEPATH": "", "MALLOC_ARENA_MAX": "2"},
            timeout=limits.PARSER_WAIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refusal("corrupt", "slow", limit=limits.PARSER_WAIT_SECONDS) from error
    if -done.returncode in (signal.SIGXCPU, signal.SIGKILL):
        raise refusal("corrupt", "slow", limit=limits.PARSER_SECONDS)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        logger.warning("list_parser_died", code=done.returncode, last=last[:300])
        raise refusal("corrupt", "crashed")
    return done.stdout


def _raise(answer: dict[str, Any]) -> None:
    """The child's refusal, where it refused."""
    if "refused" in answer:
        refused = Refused(*(Finding(**finding) for finding in answer["refused"]))
        refused.layout = answer.get("layout", {})
        raise refused


def _table(answer: dict[str, Any]) -> Table:
    _raise(answer)
    found = answer["table"]
    found["problems"] = [Finding(**finding) for finding in found["problems"]]
    found["warnings"] = [Finding(**finding) for finding in found["warnings"]]
    return Table(
        **found,
        rows=[
            DataRow(number, {field: Cell(*cell) for field, cell in cells.items()}, raw)
            for number, cells, raw in answer["rows"]
        ],
    )
