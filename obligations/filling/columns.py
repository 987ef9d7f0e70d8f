"""The columns of the workbook: what is known and locked, and what a department fills in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from obligations.models import Evidence, Said

# The words of a Chinese office form: the file is read back by them, whatever language is active.
SHEET, GUIDE = "填报表", "填报说明"
KEY_SHEET = "qd_keys"
KEY = "编号"
TITLE = "责任事项"
DUE = "完成时限"
DONE = "完成情况"
NOTE = "完成说明"

SAID = "月调度情况"
PERIOD = "佐证期间"

UNDERWAY, CLAIM = "推进中", "申报完成"
ISSUED, CLAIMED = "待签收", "已申报"
# What 完成情况 may say; only CLAIM asks for something.
DONE_WORDS = (UNDERWAY, CLAIM, ISSUED, CLAIMED)
# What is said of a month; an empty cell is silence.
SAID_WORDS = {
    Said.CHANGED.value: "有进展",
    Said.NO_CHANGE.value: "本期无变化",
    Said.NOTHING.value: "本期无事项",
}


@dataclass(frozen=True)
class Column:
    """`field` names what is filled in; without one the column is known and locked."""

    label: str
    width: float
    field: str = ""
    longest: int = 0
    hint: str = ""
    form: str = "text"  # or word, date, code

    @property
    def is_filled_in(self) -> bool:
        return bool(self.field)


KNOWN = (
    Column(KEY, 11, form="code"),
    Column("清单", 20),
    Column("批次", 6, form="word"),
    Column("序号", 6, form="code"),
    Column(TITLE, 28),
    Column("责任", 11, form="word"),
    Column(DUE, 16, form="date"),
    Column("状态", 11, form="word"),
    Column("灯", 9, form="word"),
    Column("亮灯原因", 22),
)
# Fields of the plan: columns of Obligation.
PLAN = (
    Column("计划完成", 16, "planned_on", 0, "填日期，如 2026-09-30；清空即取消计划。", "date"),
    Column("进展", 34, "progress_note", 4000, "进展、存在问题和下步措施，4000 字以内。"),
    Column("责任处室", 14, "contact_office", 200, "承办处室名称。"),
    Column("责任人", 10, "contact_name", 100, "承办人姓名。", "word"),
    Column("联系电话", 15, "contact_phone", 40, "办公电话或手机号码。", "code"),
)
# Fields of the monthly round's answer, by the names that RoundAnswer has for them.
ROUND = (
    Column(
        SAID, 13, "said", 0, "月调度：三项内容有改动的即为“有进展”；没有的，选一项即可。", "word"
    ),
    Column("本月进展", 30, "progress", 4000, "月调度：截至目前做了什么；已填上月内容。"),
    Column("存在问题", 24, "problems", 4000, "月调度：没有的留空。"),
    Column("下步措施", 24, "next_steps", 4000, "月调度：下一步做什么、何时做。"),
)
CLAIMING = (
    Column(DONE, 12, "done", 0, "确已完成的，改选“申报完成”，并至少填写一项佐证。", "word"),
    Column(NOTE, 22, "note", 4000, "仅在申报完成时填写：做了什么、如何核验。"),
)
# Fields of evidence: kinds of Evidence. One piece on each line of the cell.
PROOF = (
    Column(
        "佐证文号",
        20,
        Evidence.Kind.DOCUMENT.value,
        1000,
        "如 某政发〔2026〕3号；多个的，一行一个。",
    ),
    Column("目录代码", 18, Evidence.Kind.CATALOGUE.value, 1000, "政务数据目录代码。", "code"),
    Column(
        "登记编号", 20, Evidence.Kind.REGISTRATION.value, 1000, "全国公共数据登记平台编号。", "code"
    ),
    Column("接口编码", 18, Evidence.Kind.INTERFACE.value, 1000, "共享平台上的接口编码。", "code"),
    Column("佐证链接", 24, Evidence.Kind.LINK.value, 1000, "以 http:// 或 https:// 开头。"),
    Column("到数回执", 20, Evidence.Kind.RECEIPT.value, 1000, "回执编号，并填佐证期间。", "code"),
)
COVERED = Column(
    PERIOD,
    22,
    "period",
    0,
    "本行接口编码、链接、到数回执所覆盖的日期：2026-08-01至2026-08-31，或 2026年8月，或某一天。",
)
FILLED = (*PLAN, *ROUND, *CLAIMING, *PROOF, COVERED)
ALL = (*KNOWN, *FILLED)

LABEL_OF = {column.field: column.label for column in FILLED}
PLAN_FIELDS = tuple(column.field for column in PLAN)
TEXT_FIELDS = ("progress", "problems", "next_steps")
ROUND_FIELDS = tuple(column.field for column in ROUND)
PROOF_KINDS = tuple(column.field for column in PROOF)
