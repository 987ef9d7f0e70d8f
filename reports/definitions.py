"""口径: what every indicator of a report counts, in the words of the report. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation

from obligations import rates


@dataclass(frozen=True)
class Definition:
    """One indicator: numerator over denominator."""

    code: str
    name: str
    numerator: str
    denominator: str
    note: str = ""


# Of the figures that every report has, from its lines alone.
OWN = (
    Definition(
        "completion",
        "完成率（销号率）",
        "已核验销号的责任事项",
        "计入的全部责任事项",
        "核验销号由统筹部门作出",
    ),
    Definition(
        "on_time",
        "按期完成率（现行时限）",
        "其中已销号且实际完成日期不晚于现行时限的",
        "现行时限已到的计入事项，不含受阻的和按期申报待核验的",
        "实际完成日期是部门正式申报的日期，不是核验的日期",
    ),
    Definition(
        "original_on_time",
        "按期完成率（原定时限）",
        "其中已销号且实际完成日期不晚于原定时限的",
        "原定时限已到的计入事项，不含受阻的和按期申报待核验的",
        "原定时限永久保留，不随批准的延期改变",
    ),
    Definition("docking", "对接完成率", "已核验销号的系统对接责任事项", "计入的系统对接责任事项"),
    Definition(
        "verifying",
        "核验及时率（统筹部门）",
        "统筹部门在 5 个工作日内作出决定的申报",
        "已作出决定的申报和已满 5 个工作日仍未决定的申报",
        "考核的是统筹部门自身",
    ),
)
_FURTHER = (
    Definition(
        "updating",
        "更新及时率",
        "其中截止日仍在更新周期及宽限期内的",
        "已销号且更新周期可以判断的供数事项",
        "不含更新周期为不定期、一次性和其他的",
    ),
    Definition(
        "availability",
        "接口可用率",
        "成功的探测和调用次数",
        "能够判断结果的探测和调用次数",
        "截止日前 30 天；无法判断的不作失败，也不作成功",
    ),
    Definition(
        "reply",
        "需求响应率",
        "在规定期限内答复的需求（计入有效延长）",
        "答复期限已到的需求",
    ),
    Definition(
        "original_reply",
        "需求响应率（按原期限）",
        "在延长前的期限内答复的需求",
        "延长前的答复期限已到的需求",
    ),
    Definition(
        "delivering",
        "交付及时率",
        "自同意之日起在规定期限内交付的需求",
        "已同意且交付期限已到的需求",
    ),
    Definition(
        "correcting",
        "校核及时率",
        "在规定期限内完成校核的申请",
        "校核期限已到的申请",
    ),
    Definition(
        "catalogued",
        "编目率",
        "已发布目录的清单事项",
        "有供数或编目责任的清单事项",
        "按清单事项计数，每条只计入其牵头部门",
    ),
    Definition(
        "attached",
        "挂接率",
        "已挂接资源的目录",
        "已发布的目录",
        "不含不予共享的和使用国垂、省垂系统等不适用的",
    ),
)
UPDATING = "updating"
_KNOWN = {one.code: one for one in (*OWN, *_FURTHER)}


def further() -> list[Definition]:
    """Those that are frozen beside the lines: 更新及时率, and what kinds of list add."""
    codes = [UPDATING, *dict.fromkeys(one.code for one in rates.of_kinds())]
    order = [one.code for one in _FURTHER]
    known = sorted((code for code in codes if code in order), key=order.index)
    return [_KNOWN[code] for code in known] + [_told(code) for code in codes if code not in order]


def _told(code: str) -> Definition:
    """One that a kind of list added after this was written: what it says of itself."""
    with translation.override("zh-hans"):
        label, meaning = map(str, rates.labels()[code])
    numerator, _, denominator = meaning.partition(" / ")
    return Definition(code, label, numerator, denominator)
