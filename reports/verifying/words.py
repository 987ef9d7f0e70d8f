"""How a verification names facts, figures and groups."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from obligations import lights
from reports.models import FigureLine
from reports.words import KIND_WORDS, NOTHING, SHORT_LIGHTS, STATUSES, day_text

# What of an obligation history tells again; progress, contacts and the like are not judged.
FACTS = {
    "status": "状态",
    "counted": "计入",
    "light": "亮灯",
    "light_reason": "亮灯原因",
    "due_on": "现行时限",
    "completed_on": "实际完成",
    "verified_on": "核验日期",
    "blocked": "受阻",
    "exempt": "不适用",
    "exempt_until": "不适用期限",
    "mend_until": "补正期限",
    "decide_by": "核验期限",
    "planned_on": "计划完成",
    "delivery_due_on": "应更新日期",
    "delivery_grace_on": "更新宽限期",
}
FIGURES = {
    "item_count": "清单事项",
    "idle_item_count": "不产生责任的事项",
    "total": "责任事项",
    "applicable": "计入",
    "verified": "已销号",
    "fell_due": "到期",
    "on_time": "按期",
    "originally_fell_due": "到期（原定时限）",
    "originally_on_time": "按期（原定时限）",
    "waiting_in_time": "按期申报待核验",
    "red": "红灯",
    "yellow": "黄灯",
    "blue": "蓝灯",
    "green": "绿灯",
    "purple": "紫灯",
    "grey": "灰灯",
    "issued": "待签收",
    "in_progress": "推进中",
    "claimed": "待部门审签",
    "endorsed": "待核验",
    "docking": "系统对接",
    "docking_verified": "系统对接已销号",
    "decided": "应核验",
    "decided_in_time": "按时核验",
}
RULES = {"rules_version": "亮灯规则", "calendar_version": "工作日历"}
_GROUPS = {
    FigureLine.Grouping.WHOLE: "全部清单",
    FigureLine.Grouping.KIND: "清单类别",
    FigureLine.Grouping.DEPARTMENT: "部门",
    FigureLine.Grouping.LIST: "清单",
    FigureLine.Grouping.SCENE: "场景",
}


def sort(kind: str) -> str:
    """What a difference of a file is called above its sentences."""
    return {
        "unreadable": _("not readable"),
        "foreign": _("not ours"),
        "proof": _("sheet of fingerprints"),
        "sheet": _("sheet"),
        "cell": _("cell"),
        "shown": _("what is seen"),
        "record": _("the snapshot on record"),
    }.get(kind, kind)


def group(line: FigureLine) -> str:
    """Such as 部门“省公安厅”."""
    sort = _GROUPS[FigureLine.Grouping(line.grouping)]
    name = KIND_WORDS.get(line.key, line.name) if line.name or line.key else ""
    return f"{sort}“{name}”" if name else sort


def change(name: str, *, file: Any, history: Any) -> str:
    """Such as “现行时限” in the report 2026年3月31日, in history 2026年4月30日."""
    text = _("“%(fact)s” in the report is %(file)s, in history %(history)s")
    shown = {"file": _shown(name, file), "history": _shown(name, history)}
    return text % {"fact": FACTS[name], **shown}


def only_now() -> str:
    return _("the report does not have it, history has")


def only_before() -> str:
    return _("the report has it, history does not")


def since(was_recorded: bool) -> str:
    """Whether a difference is explained."""
    if was_recorded:
        return _("It was recorded after the report was made.")
    return _("Nothing was recorded since that would explain it.")


def _shown(name: str, value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.date):
        return day_text(value)
    if name in ("status", "light"):
        return {**STATUSES, **SHORT_LIGHTS}.get(value, str(value))
    return lights.sentence_of(value) if name == "light_reason" else str(value)
