"""The columns of the workbook: what is known and locked, and what a department fills in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from obligations.models import Evidence

# The words of a Chinese office form: the file is read back by them, whatever language is active.
SHEET, GUIDE = "填报表", "填报说明"
KEY_SHEET = "qd_keys"
KEY = "编号"
TITLE = "责任事项"
DUE = "完成时限"
DONE = "完成情况"
NOTE = "完成说明"

UNDERWAY, CLAIM = "推进中", "申报完成"
ISSUED, CLAIMED = "待签收", "已申报"
# What 完成情况 may say; only CLAIM asks for something.
DONE_WORDS = (UNDERWAY, CLAIM, ISSUED, CLAIMED)


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
    Column("接口编码", 18, Evidence.Kind.INTERFACE.value, 1000, "共享平台上的接口编码。", "code"),
    Column("佐证链接", 24, Evidence.Kind.LINK.value, 1000, "以 http:// 或 https:// 开头。"),
)
FILLED = (*PLAN, *CLAIMING, *PROOF)
ALL = (*KNOWN, *FILLED)

LABEL_OF = {column.field: column.label for column in FILLED}
PLAN_FIELDS = tuple(column.field for column in PLAN)
PROOF_KINDS = tuple(column.field for column in PROOF)
