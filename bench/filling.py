"""A department's workbook of 2,000 rows, down and up; peer: bare openpyxl with the same cells.

Down is everything from the query to the bytes: locks, drop-downs, heights, sealed keys, audit. Up
is everything from the bytes to the preview, with every row changed: gate, child process, seals,
comparison. Applying has no peer: it is the one transaction that writes rows, history and audit.
"""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.test.runner import DiscoverRunner
from openpyxl import Workbook, load_workbook

from accounts.models import Department, Region, Role, User
from jobs.running import perform
from obligations import history
from obligations.filling import columns, making, uploads
from obligations.models import FillingUpload, ListItem, Obligation, ResponsibilityList

ROWS, CLAIMS, ROUNDS = 2_000, 200, 3
PEER = "openpyxl"
_NOW = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
_DAY = dt.date(2026, 8, 3)


def run() -> str:
    """On a database of its own, which is dropped again."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        return _measure(*_people())
    finally:
        runner.teardown_databases(databases)


def _measure(department: Department, officer: User) -> str:
    _obligations(department)
    made = making.make(department, by=officer, made_at=_NOW)
    down = _best(lambda: making.make(department, by=officer, made_at=_NOW))
    cells = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in _opened(made)]
    bare = _best(lambda: _write(cells))
    filled = _filled(made, claims=0)
    up = _best(lambda: _preview(filled, officer))
    reading = _best(lambda: _read(filled))
    apply = _seconds(lambda: _apply(_preview(filled, officer), officer))
    claiming = _filled(made, claims=CLAIMS)
    claimed = _seconds(lambda: _apply(_preview(claiming, officer), officer))
    return (
        f"filling {ROWS}x{len(columns.ALL)}: down {down:.2f} s, {PEER} {bare:.2f} s, "
        f"ratio {down / bare:.2f}; up {up:.2f} s, {PEER} {reading:.2f} s, "
        f"ratio {up / reading:.2f}; compare and apply {apply:.2f} s; "
        f"with {CLAIMS} claims {claimed:.2f} s"
    )


def _people() -> tuple[Department, User]:
    region = Region.objects.create(name="示例省")
    department = Department.objects.create(name="省公安厅", level="province", region=region)
    return department, User.objects.create_user(
        "officer", password="bench", role=Role.OFFICER, department=department
    )


def _obligations(department: Department) -> None:
    """In progress, with what a department has said before."""
    of = ResponsibilityList.objects.create(
        kind="sharing", level="province", batch=7, title="【示例】政务数据共享责任清单（第七批）"
    )
    items = ListItem.objects.bulk_create(
        ListItem(
            list=of,
            serial=str(number),
            position=number,
            title=f"【示例】数据资源{number}及其共享服务接口",
            body=department,
            deadline_kind="ongoing",
            identity_hash=str(number),
            row_hash=str(number),
        )
        for number in range(ROWS)
    )
    rows = Obligation.objects.bulk_create(
        Obligation(
            item=item,
            department=department,
            duty="supply",
            status="in_progress",
            raised_on=_DAY,
            due_on=_DAY + dt.timedelta(days=item.position % 300),
            original_due_on=_DAY + dt.timedelta(days=item.position % 300),
            progress_note=f"已完成第{item.position}个接口的开发，正在联调。",
            contact_office="数据资源处",
            contact_name="张三",
            contact_phone=f"027-{item.position:08d}",
        )
        for item in items
    )
    history.record_many([row.pk for row in rows], on=_DAY)


def _filled(made: bytes, *, claims: int) -> bytes:
    """Every row with another progress; the last ones claim."""
    book = load_workbook(io.BytesIO(made))
    sheet = book[columns.SHEET]
    places = {column.label: place for place, column in enumerate(columns.ALL, 1)}
    for number in range(4, ROWS + 4):
        sheet.cell(number, places["进展"]).value = f"第{number}行：已上线，{claims}"
        if number >= ROWS + 4 - claims:
            sheet.cell(number, places[columns.DONE]).value = columns.CLAIM
            sheet.cell(number, places["佐证文号"]).value = f"示例政数〔2026〕{number}号"
    memory = io.BytesIO()
    book.save(memory)
    return memory.getvalue()


def _preview(data: bytes, officer: User) -> FillingUpload:
    upload = uploads.receive(ContentFile(data), name="填报表.xlsx", by=officer)
    perform(upload.job_id or 0)
    upload.refresh_from_db()
    assert upload.state == "ready", (upload.state, upload.failure, upload.problems[:3])
    assert len(upload.changes) == ROWS
    return upload


def _apply(upload: FillingUpload, officer: User) -> None:
    confirmed = uploads.confirm(upload, by=officer, version=upload.version, everywhere="mine")
    perform(confirmed.job_id or 0)
    confirmed.refresh_from_db()
    assert confirmed.state == "applied", (confirmed.state, confirmed.problems[:3])


def _opened(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data))


def _write(sheets: list[list[list[Any]]]) -> None:
    book = Workbook(write_only=True)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(io.BytesIO())


def _read(data: bytes) -> None:
    for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True):
        for _row in sheet.iter_rows(values_only=True):
            pass


def _best(act: Callable[[], object]) -> float:
    return min(_seconds(act) for _round in range(ROUNDS))


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
