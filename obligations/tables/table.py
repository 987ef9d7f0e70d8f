"""The data rows of a table under its header, and what is odd about the sheet around them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from obligations.tables import limits, wording
from obligations.tables.findings import Finding, Refused, refusal
from obligations.tables.grids import Cell, Grid, column_letters
from obligations.tables.headers import Header

# 合计, 合计数, 合计金额; 累计缴费信息 is the name of a thing.
_TOTALS = re.compile(r"(合计|总计|小计|共计|累计)(?![\u4e00-\u9fff]{3})")
_AMOUNT = re.compile(r"共?[\d.,%+-]*[项条个件家类]?")
_NOTE = re.compile(r"(注|附注|备注|说明|填表说明|填报说明)\d*[:.、]|[*※]?注\d*$|[*※]注")
_FOOTER = re.compile(
    r"(填报|填表|制表|编制|审核|审批|复核|联系|打印|单位负责|分管领导|负责|经办|报送|日期)[^:]{0,8}:"
)
_NUMBERING = re.compile(r"[(]?(\d{1,3})[)]?")


@dataclass(frozen=True, slots=True)
class DataRow:
    """One data row: cells by field, and the cells as written by label."""

    number: int
    cells: dict[str, Cell]
    raw: dict[str, str]


@dataclass(slots=True)
class Table:
    """A table as it stands in the sheet; `labels` are those of the file by field."""

    sheet: str
    header_row: int
    labels: dict[str, str]
    date1904: bool
    rows: list[DataRow] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    # What was recognised, and why: layouts.Layout as JSON.
    layout: dict[str, Any] = field(default_factory=dict)


def build(grid: Grid, header: Header) -> Table:
    """Raises Refused where the rows are too many, or none."""
    if grid.overflow:
        raise grid.overflow
    labels = {meaning: header.labels[column] for column, meaning in header.fields.items()}
    table = Table(grid.name, header.top, labels, grid.date1904)
    numbers = _data_rows(grid, header)
    if not numbers:
        raise refusal("no_data_rows")
    if len(numbers) > limits.ROWS:
        raise refusal("too_many_rows", limit=limits.ROWS)
    columns = {column for row in (header.top, *numbers) for column in grid.rows[row]}
    if len(columns) > limits.COLUMNS:
        raise refusal("too_many_columns", count=len(columns), limit=limits.COLUMNS)
    filled = _filled_down(grid, after=header.bottom)
    for number in numbers:
        cells = filled.get(number, {}) | grid.rows[number]
        table.rows.append(_data_row(number, cells, header))
        table.problems += _beyond(number, cells, header)
    table.warnings += _oddities(grid, header, numbers)
    return table


def _data_row(number: int, cells: dict[int, Cell], header: Header) -> DataRow:
    by_field = {header.fields[column]: cells[column] for column in cells if column in header.fields}
    raw = {
        header.labels[column]: wording.printable(cells[column].text)[: limits.TEXT_LENGTH]
        for column in sorted(cells)
        if column in header.labels
    }
    return DataRow(number, by_field, raw)


def _beyond(number: int, cells: dict[int, Cell], header: Header) -> list[Finding]:
    """Cells that stand under no label."""
    return [
        Finding(
            "extra_cells",
            row=number,
            column=column_letters(column),
            facts={"text": wording.quoted(cells[column].text)},
        )
        for column in sorted(cells)
        if column not in header.labels
    ]


def _data_rows(grid: Grid, header: Header) -> list[int]:
    """Rows of data: not the column numbers, totals, repeated headers, headings and notes."""
    numbers: list[int] = []
    in_notes = False
    across = {merged.top for merged in grid.merged if merged.right - merged.left >= 2}
    for number in sorted(row for row in grid.rows if row > header.bottom):
        texts = {column: wording.matching(text) for column, text in grid.texts(number).items()}
        if not numbers and _is_numbering(texts):
            continue
        alone = len(texts) == 1
        if alone and header.fields.get(min(texts)) == "serial":
            continue  # numbered in advance, never filled in
        in_notes = _is_note(texts) or (in_notes and alone)
        heading = alone and number in across
        if not (in_notes or heading or _is_total(texts, header) or _is_header(texts, header)):
            numbers.append(number)
    return numbers


def _is_numbering(texts: dict[int, str]) -> bool:
    """1, 2, 3 … under the labels."""
    found = [_NUMBERING.fullmatch(texts[column]) for column in sorted(texts)]
    numbers = [int(match[1]) for match in found if match]
    in_order = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    return len(numbers) == len(texts) >= 3 and in_order


def _is_total(texts: dict[int, str], header: Header) -> bool:
    """合计 in one of the first cells, with nothing that would name a thing."""
    first = [texts[column] for column in sorted(texts)[:2]]
    named = [text for column, text in texts.items() if column in header.fields]
    sums = [text for text in named if not _AMOUNT.fullmatch(text)]
    return any(_TOTALS.match(text) for text in first) and len(sums) <= 1


def _is_header(texts: dict[int, str], header: Header) -> bool:
    """The header again, as at the top of each printed page."""
    return len(texts) >= 2 and all(
        text == wording.matching(header.labels.get(column, "")) for column, text in texts.items()
    )


def _is_note(texts: dict[int, str]) -> bool:
    """注：… below the table, or who filled it in; never a row with several ordinary cells."""
    first = texts[min(texts)]
    if _NOTE.match(first) and len(texts) <= 2:
        return True
    return all(_FOOTER.match(text) for text in texts.values())


def _filled_down(grid: Grid, *, after: int) -> dict[int, dict[int, Cell]]:
    """Cells that rows take from a merged cell above them."""
    filled: dict[int, dict[int, Cell]] = {}
    numbers = sorted(grid.rows)
    count = 0
    for merged in grid.merged:
        source = grid.rows.get(merged.top, {}).get(merged.left)
        if source is None or merged.top <= after or merged.bottom == merged.top:
            continue
        for number in numbers[
            bisect_right(numbers, merged.top) : bisect_right(numbers, merged.bottom)
        ]:
            filled.setdefault(number, {})[merged.left] = source
            count += 1
        if count > limits.MERGED_CELLS:
            raise refusal("corrupt", "merged")
    return filled


def _oddities(grid: Grid, header: Header, numbers: list[int]) -> list[Finding]:
    """Warnings: what is hidden, unknown, or came out of a formula."""
    found: list[Finding] = []
    hidden = [number for number in numbers if number in grid.hidden_rows]
    if hidden:
        found.append(Finding("hidden_rows", facts={"rows": listed(hidden), "count": len(hidden)}))
    concealed = [header.labels[column] for column in header.labels if column in grid.hidden_columns]
    if concealed:
        found.append(Finding("hidden_columns", facts={"columns": "、".join(concealed)}))
    found += [
        Finding("unknown_column", column=label, facts={"letters": column_letters(column)})
        for column, label in header.labels.items()
        if column not in header.fields
    ]
    formulas = [row for row in numbers if any(cell.formula for cell in grid.rows[row].values())]
    if formulas:
        found.append(Finding("formula_value_used", facts={"rows": listed(formulas)}))
    return found


def listed(numbers: list[int], *, most: int = 10) -> str:
    """The first few row numbers, and how many more there are."""
    shown = "、".join(str(number) for number in numbers[:most])
    return shown if len(numbers) <= most else f"{shown}…（{len(numbers)}）"


__all__ = ["DataRow", "Refused", "Table", "build", "listed"]
