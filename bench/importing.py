"""Importing a sharing list of 20,000 rows and 15 columns; peer: python-calamine reading the file.

The preview is everything from the bytes to the difference; applying is its one transaction, for
the first edition, for one in which every item says something else, which is undone again, and for
one of other items, which withdraws all. The memory is what the parsing child needs beyond what it
needs for a list of one row.
openpyxl and pandas stand beside it: they only read, too.
"""

from __future__ import annotations

import datetime as dt
import gc
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas
import python_calamine
import xlsxwriter
from django.core.management import call_command
from django.test.runner import DiscoverRunner

from accounts.models import Department, Role, User
from obligations import importing
from obligations.importing import Target, undoing
from obligations.kinds import kinds
from obligations.models import Edition

ROWS = 20_000
ROUNDS = 3
SIZE = f"{ROWS}x15"
PEER = "python-calamine"
_ON = dt.date(2026, 9, 1)
_TARGET = Target(7, "province")
_LABELS = (
    *("序号", "提供部门", "责任司局/处室", "数据资源名称", "目录代码", "信息项", "共享类型"),
    *("共享条件", "共享范围", "共享方式", "更新周期", "完成时限", "来源系统", "应用场景", "备注"),
)


@dataclass
class Figures:
    """Seconds, and megabytes of the parsing child."""

    preview: float = 0.0
    apply: float = 0.0
    amend: float = 0.0
    undo: float = 0.0
    replace: float = 0.0
    peer: float = 0.0
    openpyxl: float = 0.0
    pandas: float = 0.0
    child: float = 0.0


def run() -> str:
    """On a database of its own, which is dropped again."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        found = _measure()
    finally:
        runner.teardown_databases(databases)
    return (
        f"import {SIZE}: preview {found.preview:.2f} s, {PEER} {found.peer:.2f} s, "
        f"ratio {found.preview / found.peer:.2f}; apply {found.apply:.2f} s, "
        f"all changed {found.amend:.2f} s, undo {found.undo:.2f} s, "
        f"all replaced {found.replace:.2f} s; "
        f"child +{found.child:.0f} MB; reading alone: openpyxl {found.openpyxl:.2f} s, "
        f"pandas {found.pandas:.2f} s"
    )


def _measure() -> Figures:
    call_command("load_reference", verbosity=0)
    call_command("import_departments", "samples/departments.csv", verbosity=0)
    names = Department.objects.filter(level="province").order_by("pk")
    data = workbook(list(names.values_list("name", flat=True)))
    found = Figures()
    found.peer = _best(lambda: _calamine(data))
    found.openpyxl = _seconds(lambda: _openpyxl(data))
    found.pandas = _seconds(lambda: pandas.read_excel(io.BytesIO(data), dtype=str))
    found.preview = _best(lambda: _preview(data))
    reading = _read(data)
    found.apply = _seconds(lambda: importing.apply(reading, target=_TARGET, by=None, on=_ON))
    # The difference of a file that says the same is the dearest one.
    found.preview = max(found.preview, _best(lambda: _preview(data)))
    amended = _read(workbook(list(names.values_list("name", flat=True)), year=2028))
    found.amend = _seconds(lambda: importing.apply(amended, target=_TARGET, by=None, on=_ON))
    found.undo = _undo()
    other = _read(workbook(list(names.values_list("name", flat=True)), word="另一资源"))
    keeper = User.objects.get(username="bench")
    found.replace = _seconds(lambda: importing.apply(other, target=_TARGET, by=keeper, on=_ON))
    found.child = _memory(data) - _memory(workbook(["省公安厅"], rows=1))
    return found


def _undo() -> float:
    """Seconds of taking the newest edition back, in which every item was changed."""
    edition = Edition.objects.latest("number")
    assert edition.changed == ROWS
    keeper = User.objects.create_user("bench", role=Role.COORDINATOR)
    return _seconds(lambda: undoing.undo(edition, by=keeper, on=_ON, reason="bench"))


def _memory(data: bytes) -> float:
    """Megabytes that the child takes to parse this list."""
    columns = [
        (one.field, one.label, one.aliases, one.required) for one in kinds()["sharing"].columns
    ]
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        command = [sys.executable, "-m", "bench.parsing", file.name, json.dumps(columns)]
        root = Path(__file__).resolve().parent.parent
        said = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return float(said.stdout)


def _read(data: bytes) -> importing.ListReading:
    reading = importing.read(data, name="清单.xlsx", kind=kinds()["sharing"], on=_ON)
    assert reading.outcome == "accept", reading.problems[:3]
    return reading


def _preview(data: bytes) -> None:
    importing.preview(_read(data), target=_TARGET, on=_ON)


def _calamine(data: bytes) -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    book.get_sheet_by_index(0).to_python()


def _openpyxl(data: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for _row in book.worksheets[0].iter_rows(values_only=True):
        pass


def workbook(
    names: Sequence[str], *, rows: int = ROWS, year: int = 2027, word: str = "数据资源"
) -> bytes:
    """The list: a title, one header row, every department in turn, words as lists have them.
    With another year every row has another day, another office and other words; with another
    word it names other resources."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("清单")
        sheet.merge_range(0, 0, 0, 14, "【示例】政务数据共享责任清单")
        sheet.write_row(1, 0, _LABELS)
        for number in range(rows):
            sheet.write_row(number + 2, 0, _row(number, names[number % len(names)], year, word))
    return buffer.getvalue()


def _row(number: int, body: str, year: int, word: str) -> tuple[str | int, ...]:
    return (
        *(number + 1, body, f"政务服务处{number % 7 + year - 2027}", f"【示例】{word}{number}"),
        *(f"307{number:09d}", f"姓名、证件号码、登记日期、字段{number % 50}"),
        *("有条件共享", f"用于{year}年政务服务事项核验", "省直部门", "服务接口", "每日"),
        *(f"{year}年{number % 12 + 1}月底", f"业务系统{number % 90}", "新生儿出生", ""),
    )


def _best(act: Callable[[], object]) -> float:
    return min(_seconds(act) for _round in range(ROUNDS))


def _seconds(act: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
