"""封面: what it is, the main figures, what is inside, and who signs."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from reports import layouts
from reports.cells import Value
from reports.drafts import Draft
from reports.looks import Form
from reports.sheets import guide
from reports.tables import Frozen, Table
from reports.words import rate_value

NAME = "封面"
_COLUMNS, _WIDTH = 8, 17
_TITLE_HEIGHT, _FIGURE_HEIGHT = 72, 40
# What stands on each sheet, by the code of its table.
_ABOUT = {
    "overview": "各项指标的分子、分母和比率，办理状态，亮灯情况，图表",
    "trend": "各月（周）的完成率和按期完成率",
    "departments": "各部门的责任事项、办理状态、亮灯、完成率和按期完成率",
    "ranking": "按完成率排列的名次；不参加排名的部门和原因",
    "scores": "已发布的得分通报：各部门的得分、名次和各部分",
    "lists": "各份清单的事项、责任事项和比率，分批次小计",
    "matrix": "每个部门在每份清单下的完成率",
    "scenes": "各“一件事”的完成情况",
    "indicators": "对接、更新、接口、需求、编目等指标，分部门",
    "changes": "与上期报告相比新增、办结、复开、时限调整、撤销和灯色变化的责任事项",
    "coordination": "受阻的和上级尚未开放的责任事项",
    "overdue": "红灯的责任事项，逾期工作日和原因",
    "due-soon": "临近时限的责任事项，剩余工作日和原因",
    "contradictions": "申报的与查到的不相符、尚待核实的责任事项",
    "recorded-since": "截止日之后补录、已计入本报告的办理事项",
}
_LEDGER = "每个责任事项一行：清单的全部栏目、责任、时限、履行情况"


def add(draft: Draft, tables: Sequence[Table]) -> None:
    """The first sheet, on one page."""
    sheet = draft.book.add_sheet(NAME)
    for place in range(1, _COLUMNS + 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTH
    layouts.heading(draft.book, sheet, title=draft.title, meta=draft.meta, width=_COLUMNS)
    title_row = sheet.row_dimensions[layouts.TITLE_ROW]
    # The names of lists may take several lines.
    title_row.height = max(title_row.height, _TITLE_HEIGHT)
    layouts.print_on_a4(sheet, on_one_page=True)
    told = "　　".join(filter(None, [f"数据截至{draft.cutoff}（北京时间）", draft.use]))
    layouts.line(draft.book, sheet, 3, told, look="qd meta", width=_COLUMNS, height=24)
    row = _figures(draft, sheet, row=5)
    row = _contents(draft, sheet, tables, row=row + 1)
    layouts.line(
        draft.book, sheet, row + 1, draft.signers, look="qd sign", width=_COLUMNS, height=36
    )


def _figures(draft: Draft, sheet: Worksheet, *, row: int) -> int:
    counts = Frozen(draft.snapshot).whole.counts
    shown: list[tuple[str, Value, str]] = [
        ("计入的责任事项", counts.applicable, "qd figure"),
        ("已核验销号", counts.verified, "qd figure"),
        ("完成率", rate_value(counts.completion_rate), "qd figure percent"),
        ("按期完成率", rate_value(counts.on_time_rate), "qd figure percent"),
        ("红灯（逾期、失约）", counts.red, "qd figure"),
        ("黄灯（滞后、补正）", counts.yellow, "qd figure"),
        ("蓝灯（临期）", counts.blue, "qd figure"),
        ("紫灯（受阻）", counts.purple, "qd figure"),
    ]
    labels, values, looks = zip(*shown, strict=True)
    draft.put_row(sheet, row, labels, looks=["qd head"] * _COLUMNS)
    draft.put_row(sheet, row + 1, values, looks=looks)
    sheet.row_dimensions[row].height = 24
    sheet.row_dimensions[row + 1].height = _FIGURE_HEIGHT
    return row + 2


def _contents(draft: Draft, sheet: Worksheet, tables: Sequence[Table], *, row: int) -> int:
    """The sheets in their order, each with the way to it."""
    entries = [(guide.NAME, "数据截止、快照、规则和日历的版本，各项指标的口径，亮灯和统计规则")]
    entries += [(table.name, _ABOUT.get(table.code, _LEDGER)) for table in tables]
    _entry(draft, sheet, row, ["序号", "工作表", "内容"], looks=["qd head"] * 3)
    text, number = draft.book.looks.body(Form.TEXT), draft.book.looks.body(Form.NUMBER)
    for place, (name, about) in enumerate(entries, 1):
        _entry(draft, sheet, row + place, [place, name, about], looks=[number, text, text])
        cell = sheet.cell(row + place, 2)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
    return row + len(entries) + 1


def _entry(
    draft: Draft, sheet: Worksheet, row: int, values: Sequence[Value], *, looks: Sequence[str]
) -> None:
    number, name, about = values
    filled = [number, name, "", about, *[""] * (_COLUMNS - 4)]
    draft.put_row(
        sheet, row, filled, looks=[looks[0], *[looks[1]] * 2, *[looks[2]] * (_COLUMNS - 3)]
    )
    sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=3)
    sheet.merge_cells(start_row=row, start_column=4, end_row=row, end_column=_COLUMNS)
    sheet.row_dimensions[row].height = 21
