"""The ledger that the workbook benchmarks write: its rows, our writer, what memory it takes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from bench import measure
from reports import layouts
from reports.books import Book
from reports.cells import Value
from reports.looks import LIGHT_FILLS, Column, Form
from reports.rows import Row

_ROOT = Path(__file__).resolve().parent.parent
# Rows -> rounds that are measured.
SIZES = {10_000: 7, 100_000: 3}
COLUMNS = 20
# Beside what a small book takes.
MOST_MEGABYTES = 16
_SMALL = 100

FORMS = [
    *[Form.NUMBER, Form.TEXT, Form.TEXT, Form.CODE, Form.TEXT, Form.WORD, Form.WORD, Form.DATE],
    *[Form.DATE, Form.DATE, Form.MOMENT, Form.NUMBER, Form.PERCENT, Form.PERCENT, Form.WORD],
    *[Form.TEXT, Form.CODE, Form.TEXT, Form.TEXT, Form.TEXT],
]
LIGHT_PLACE = 14
HEADINGS = [
    Column(f"第{place}列", 14, form, group=f"第{place // 5 + 1}组")
    for place, form in enumerate(FORMS)
]
LIGHTS = list(LIGHT_FILLS)
_START = dt.date(2025, 8, 1)
# A row's values and its light.
Line = tuple[list[Value], str]


def lines(count: int) -> Iterator[Line]:
    """Rows such as a ledger has: few different words, many different codes, days and remarks."""
    return ((_values(number), LIGHTS[number % 6]) for number in range(count))


def _values(number: int) -> list[Value]:
    words: list[Value] = ["有条件共享", "服务接口", "政务服务 <一件事> & 企业开办", "", "备注说明"]
    items = f"信息项{number % 7}、信息项{number % 11}、信息项{number % 13}"
    values: list[Value] = [number, f"省第{number % 60}厅", f"【示例】数据资源名称{number}"]
    values += [f"{number:018d}", items, *words[:2]]
    values += [_START + dt.timedelta(number % 400), _START + dt.timedelta(number % 500), _START]
    values += [dt.datetime.combine(_START, dt.time(number % 24, 30)), number % 90]
    values += [number % 1000 / 1000, 0.5, LIGHTS[number % 6], f"逾期 {number % 90} 个工作日"]
    values += [f"JK-{number:08d}", *words[2:]]
    return values


def write(path: Path, held: Iterable[Line]) -> None:
    """Our writer."""
    book = Book(made_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC))
    sheet = book.add_sheet("明细台账")
    layouts.frame(book, sheet, HEADINGS, title="【示例】明细台账", meta="填报单位：示例省")
    rows = (Row(values, states={LIGHT_PLACE: light}) for values, light in held)
    book.stream(sheet, HEADINGS, rows, first_row=layouts.FIRST_ROW)
    book.save(path)


def sheet_xml(path: Path) -> bytes:
    """What is compressed in the book that was written."""
    with ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def compare(
    name: str, peer: str, *, at_most: float, act: Callable[[Path, Path, list[Line]], object]
) -> str:
    """Both sides' CPU time, in turn, of each size: `act(path, ours, lines)` is the peer's."""
    told = [_compared(name, peer, size, at_most=at_most, act=act) for size in SIZES]
    return "\n".join(told)


def _compared(
    name: str,
    peer: str,
    size: int,
    *,
    at_most: float,
    act: Callable[[Path, Path, list[Line]], object],
) -> str:
    held = list(lines(size))
    with TemporaryDirectory() as folder:
        one, two = Path(folder) / "ours.xlsx", Path(folder) / "peer.xlsx"
        write(one, held)
        ratio = measure.in_turn(
            lambda: write(one, held),
            lambda: act(two, one, held),
            rounds=SIZES[size],
            clock=time.process_time,
        )
    said = measure.line(name, f"{size}x{COLUMNS}", ratio, peer=peer)
    return f"{said} (at most {at_most}); memory +{growth(size):.1f} MB (at most {MOST_MEGABYTES})"


def growth(size: int) -> float:
    """By how many megabytes a process of its own grows while it writes so many rows."""
    command = [sys.executable, "-m", "bench.ledger_memory", str(size)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=_ROOT)
    return float(done.stdout)


def measured_growth(size: int) -> float:
    """In this process: beyond what it holds after a small book, at the highest."""
    with TemporaryDirectory() as folder:
        write(Path(folder) / "small.xlsx", lines(_SMALL))
        _forget_peak()
        before = _status("VmRSS")
        write(Path(folder) / "large.xlsx", lines(size))
        return (_status("VmHWM") - before) / 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _status(name: str) -> int:
    """A figure of this process, in kB."""
    found = next(
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)
    )
    return int(found.split()[1])
