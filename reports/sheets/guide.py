"""说明: the day, the rules, and how every figure is defined."""

from __future__ import annotations

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from obligations import light_versions, lights, rates
from reports import definitions, layouts
from reports.drafts import Draft
from reports.looks import Form
from reports.overflow import LONG_TEXTS
from reports.rows import OFFICE_ZONE
from reports.words import SHORT_LIGHTS, calendar_of, day_text, reason_of

NAME = "说明"
_LIGHT_HEIGHT, _HEAD_HEIGHT = 20, 22
_WIDTHS = (25, 38, 50, 38)
_METADATA = "本报告只含责任事项的元数据，不含共享数据本身。"
_RULES = (
    "计入：已下达、非上级单位承担、未撤销、无有效“不适用”的责任事项；各项指标用同一口径。",
    "每个责任事项在每项指标中只计一次，计入其责任部门；合计的比率等于分子之和除以分母之和，"
    "不是各部门比率的平均。",
    "分母为 0 时以“—”表示，不作 0% 或 100%；比率四舍五入保留一位小数。",
    f"排名只排分母不小于 {rates.LEAST} 的部门，比率相同的名次并列。",
    "报告过去日期的，状态、时限、受阻、佐证和亮灯按当日还原；进展、责任人和退回、复开次数为冻结时的登记。",
    "同一事项用于多个“一件事”的，在每个“一件事”中各计一次，合计行不重复计算。",
    "本期变化与同一范围上一份已发布的报告相比，上期在冻结本报告数据时确定。",
    "“责任事项（含上级单位承担的）”是本报告列出的全部责任事项；系统首页的“在册责任事项”只计本级各部门承担的。",
    "打印：A4 横向，全部栏目都打印。栏目多的表（逾期清单、临期清单、明细台账等）横向分几页，"
    "每页重复左侧的序号、名称等栏和表头，先横后竖排页码；屏幕上左侧各栏和表头固定不动。",
    f"一段文字超过一行所能容纳的，该格只列开头，全文见最后的“{LONG_TEXTS}”表。",
)


def add(draft: Draft) -> None:
    """The first sheet."""
    sheet = draft.book.add_sheet(NAME)
    for place, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    layouts.heading(draft.book, sheet, title=draft.title, meta=draft.meta, width=len(_WIDTHS))
    layouts.print_on_a4(sheet)
    row = _facts(draft, sheet, row=4)
    row = _rules(draft, sheet, row=row + 1)
    # Each of the tables is a page, however high a program draws its rows.
    sheet.row_breaks.append(Break(id=row))
    row = _definitions(draft, sheet, row=row + 1)
    sheet.row_breaks.append(Break(id=row))
    _light_rules(draft, sheet, row=row + 1)


def _facts(draft: Draft, sheet: Worksheet, *, row: int) -> int:
    snapshot = draft.snapshot
    taken = snapshot.taken_at.astimezone(OFFICE_ZONE)
    later = (
        f"截止日之后补录、但在截止日前生效的操作 {snapshot.recorded_later_count} 条，已计入本报告。"
        if snapshot.recorded_later_count
        else "没有截止日之后补录的操作。"
    )
    facts = [
        ("报告范围", snapshot.scope_name),
        ("数据截止", f"{draft.cutoff}（北京时间）"),
        ("快照", f"第 {snapshot.pk} 号，{day_text(taken.date())}{taken:%H:%M} 冻结；{later}"),
        ("亮灯规则", snapshot.rules_version),
        ("工作日历", _calendar(snapshot.calendar_version)),
        ("程序版本", snapshot.program_version),
        ("使用范围", f"{draft.use}。{_METADATA}" if draft.use else _METADATA),
    ]
    if snapshot.is_demo:
        facts.append(("示例", "【示例】本报告中的清单、部门、人员均为虚构，不是任何真实清单。"))
    for label, text in facts:
        _pair(draft, sheet, row, label, text)
        row += 1
    return row


def _calendar(version: str) -> str:
    """In words, and the sources by which it can be proved."""
    told = calendar_of(version)
    return told if told == version else f"{told}（数据来源：{version}）"


def _pair(draft: Draft, sheet: Worksheet, row: int, label: str, text: str) -> None:
    body = draft.book.looks.body(Form.TEXT)
    draft.put_row(sheet, row, [label, text, "", ""], looks=["qd head", body, body, body])
    sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=len(_WIDTHS))
    layouts.fit(sheet, row, [label, text], widths=[_WIDTHS[0], sum(_WIDTHS[1:])])


def _definitions(draft: Draft, sheet: Worksheet, *, row: int) -> int:
    _section(draft, sheet, row, "二、指标口径")
    row = _header(draft, sheet, row + 1, ["指标", "分子", "分母", "说明"])
    body = draft.book.looks.body(Form.TEXT)
    for one in [*definitions.OWN, *definitions.further()]:
        texts = [one.name, one.numerator, one.denominator, one.note]
        draft.put_row(sheet, row, texts, looks=[body] * len(_WIDTHS))
        layouts.fit(sheet, row, texts, widths=_WIDTHS)
        row += 1
    return row


def _light_rules(draft: Draft, sheet: Worksheet, *, row: int) -> None:
    """The rule's reasons in the order in which they are tried."""
    _section(draft, sheet, row, "三、亮灯规则（自上而下，取最先满足的一条）")
    row = _header(draft, sheet, row + 1, ["灯", "满足的条件", "", ""])
    sheet.merge_cells(start_row=row - 1, start_column=2, end_row=row - 1, end_column=len(_WIDTHS))
    word, text = draft.book.looks.body(Form.LIGHT), draft.book.looks.body(Form.TEXT)
    first = row
    rule = light_versions.on(draft.snapshot.as_of)
    days = {**rule.days, "due_soon": draft.snapshot.due_soon_days}
    for code in rule.reasons:
        light = lights.light_of(code)
        values = [SHORT_LIGHTS[light], reason_of(code, days), "", ""]
        draft.put_row(sheet, row, values, looks=[word, text, text, text])
        sheet.row_dimensions[row].height = _LIGHT_HEIGHT
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=len(_WIDTHS))
        row += 1
    layouts.colour_lights(sheet, f"A{first}:A{row - 1}")


def _rules(draft: Draft, sheet: Worksheet, *, row: int) -> int:
    _section(draft, sheet, row, "一、统计和打印规则")
    for number, text in enumerate(_RULES, 1):
        numbered = f"{number}. {text}"
        layouts.line(draft.book, sheet, row + number, numbered, look="qd note", width=len(_WIDTHS))
    return row + len(_RULES) + 1


def _section(draft: Draft, sheet: Worksheet, row: int, text: str) -> None:
    layouts.line(draft.book, sheet, row, text, look="qd section", width=len(_WIDTHS), height=28)


def _header(draft: Draft, sheet: Worksheet, row: int, labels: list[str]) -> int:
    draft.put_row(sheet, row, labels, looks=["qd head"] * len(_WIDTHS))
    sheet.row_dimensions[row].height = _HEAD_HEIGHT
    return row + 1
