"""The words of reports: Chinese, as leadership reads them, whoever makes the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from django.utils import translation

from obligations import lights
from obligations.indicators import Figure
from obligations.models import Block, Duty, Light, Part, RoleInItem, Status
from reports.models import ObligationLine

NOTHING = "—"
ONGOING = "持续推进"

# The word beside each colour, in the order in which leadership reads them.
LIGHT_WORDS = {
    Light.RED: "红灯（逾期、失约）",
    Light.YELLOW: "黄灯（滞后、补正）",
    Light.BLUE: "蓝灯（临期）",
    Light.PURPLE: "紫灯（受阻）",
    Light.GREEN: "绿灯（正常、办结）",
}
SHORT_LIGHTS = {
    "red": "红",
    "yellow": "黄",
    "blue": "蓝",
    "purple": "紫",
    "green": "绿",
    "grey": "灰",
}
# Kinds of list as sheets and narrow columns call them.
KIND_WORDS = {"sharing": "数据共享", "docking": "系统对接"}
# Whose batch a list is of, by its level.
ISSUERS = {"central": "国家级", "province": "省级", "city": "市级", "county": "县级"}
STATUSES: dict[str, str] = {
    Status.DRAFT: "待下达",
    Status.ISSUED: "待签收",
    Status.IN_PROGRESS: "推进中",
    Status.CLAIMED: "待部门审签",
    Status.ENDORSED: "待核验",
    Status.VERIFIED: "已核验销号",
    Status.WITHDRAWN: "撤销",
}
DUTIES: dict[str, str] = {
    Duty.SUPPLY: "供数",
    Duty.CATALOGUE: "编目",
    Duty.APPLY: "申请",
    Duty.CONNECT: "对接",
    Duty.USE: "应用",
    Duty.RETURN: "回流",
    Duty.VERIFY: "校核",
}
# What a score is made of.
PARTS: dict[str, str] = {
    Part.COMPLETION: "完成",
    Part.ON_TIME: "按期",
    Part.UPKEEP: "更新与可用",
    Part.RESPONSE: "调度反馈",
}
ROLES: dict[str, str] = {RoleInItem.LEAD: "牵头", RoleInItem.SUPPORTING: "配合"}
CAUSES: dict[str, str] = {
    Block.Cause.NOT_OPENED: "上级未开放",
    Block.Cause.TECHNICAL: "技术",
    Block.Cause.DISPUTED: "争议",
    Block.Cause.FUNDING: "经费",
    Block.Cause.OTHER: "其他",
}
# Reasons of lights in whose place in a rule a number of working days stands.
_WITH_DAYS = {
    "plan_passed": "计划完成日期已过去超过 {} 个工作日，尚未完成。",
    "milestone_passed": "里程碑计划日期已过去超过 {} 个工作日，尚未达到。",
    "due_close": "{} 个工作日内到期，尚未申报。",
    "due_soon": "{} 个工作日内到期。",
}


def day_text(day: dt.date) -> str:
    """2026年3月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def rate_value(figure: Figure) -> Decimal | str:
    """The rate as a cell holds it: what is shown, not more; a dash for 0/0."""
    percent = figure.percent
    return NOTHING if percent is None else percent / 100


def duty_of(line: ObligationLine) -> str:
    """牵头供数; what a central body owes is named apart."""
    if line.external:
        return "上级开放"
    return f"{ROLES[line.role_in_item]}{DUTIES[line.duty]}"


def status_of(line: ObligationLine) -> str:
    """已核验销号; of a central body's duty only whether it is opened."""
    if line.external and line.status != Status.WITHDRAWN:
        return opening_of(line.opened_on)
    return STATUSES[line.status]


def opening_of(opened_on: dt.date | None) -> str:
    """What a central body's duty comes to."""
    return "已开放" if opened_on else "未开放"


def due_of(line: ObligationLine) -> dt.date | str | None:
    """The current due day, or the words for having none."""
    return ONGOING if line.due_kind == "ongoing" else line.due_on


def calendar_of(version: str) -> str:
    """On which days off the working days rest, without the names of files."""
    known = {
        "chinesecalendar": "国务院公布的放假安排",
        "cn-statutory": "尚未公布的年份按法定节假日推算",
    }
    parts = [
        next((word for start, word in known.items() if part.startswith(start)), part)
        for part in version.split("；")
        if part
    ]
    return "；".join(dict.fromkeys(parts))


def reason_of(code: str, days: Mapping[str, int]) -> str:
    """Why a light is what it is; with the number of working days where the rule has one."""
    count = days.get(code)
    return _WITH_DAYS[code].format(count) if count and code in _WITH_DAYS else _sentence_of(code)


@cache
def _sentence_of(code: str) -> str:
    with translation.override("zh-hans"):
        return lights.sentence_of(code)
