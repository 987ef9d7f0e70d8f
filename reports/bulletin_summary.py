"""一、总体情况, and what stands before the lists: sentences made from frozen figures alone."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from obligations.indicators import Figure
from reports import bulletin_styles
from reports.bulletin_paper import Column, Paper
from reports.models import FigureLine, ObligationLine, Snapshot
from reports.tables import Frozen
from reports.words import KIND_WORDS

_NAMED = 8
_COLUMNS = [
    Column("清单类别", 22),
    Column("计入", 11),
    Column("已销号", 14),
    Column("完成率", 16),
    Column("到期", 11),
    Column("按期", 11),
    Column("按期完成率", 22),
    *(Column(label, 9.8) for label in ("红灯", "黄灯", "蓝灯", "紫灯", "绿灯")),
]
# Why a light is red, as narrow columns and sentences say it.
RED = {
    "overdue": "逾期未申报",
    "claimed_late": "逾期申报",
    "promise_broken": "失约",
}


def add(paper: Paper, frozen: Frozen) -> None:
    """The section and its table."""
    paper.write("一、总体情况", style=bulletin_styles.FIRST)
    paper.write_led("（一）任务规模。", _size(frozen))
    paper.write_led("（二）完成情况。", _completion(frozen.whole))
    paper.write_led("（三）亮灯情况。", _lights(frozen.whole))
    lines = [*frozen.figures[FigureLine.Grouping.KIND], frozen.whole]
    names = [KIND_WORDS.get(line.kind, line.name) for line in lines[:-1]] + ["合计"]
    rows = [[name, *_numbers(line)] for name, line in zip(names, lines, strict=True)]
    paper.table("各类清单落实情况", _COLUMNS, rows, total=1)


def overdue(snapshot: Snapshot) -> str:
    """What is red, by reason, and the longest delay."""
    red = snapshot.lines.filter(light="red")
    first = red.order_by("-overdue_days", "department_position", "department_name", "pk").first()
    if first is None:
        return "没有红灯事项。"
    reasons = dict(red.order_by().values_list("light_reason").annotate(Count("pk")))
    parts = [f"{word}{reasons[code]}项" for code, word in RED.items() if code in reasons]
    other = red.count() - sum(reasons.get(code, 0) for code in RED)
    parts += [f"其他原因{other}项"] if other else []
    return (
        f"红灯事项{red.count()}项，涉及{named(red)}，其中{'、'.join(parts)}。"
        f"逾期最长的为{first.department_name}“{first.title}”，已逾期{first.overdue_days}个工作日。"
    )


def coordination(snapshot: Snapshot) -> str:
    """What waits for others."""
    waiting = ObligationLine.objects.filter(snapshot=snapshot).to_coordinate()
    blocked = waiting.filter(blocked=True).count()
    unopened = ObligationLine.objects.filter(snapshot=snapshot).unopened().count()
    if not waiting.exists():
        return "没有需要协调的事项。"
    longest = waiting.order_by("-waiting_days", "pk").first()
    assert longest is not None
    counterpart = longest.superior_name or "本省协调"
    return (
        f"需协调事项{waiting.count()}项，其中经确认受阻{blocked}项、上级尚未开放{unopened}项。"
        f"等待最长的为{counterpart}“{longest.title}”，已等待{longest.waiting_days}个工作日。"
        "受阻事项在受阻期间不计入按期完成率。"
    )


def named(lines: QuerySet[ObligationLine]) -> str:
    """The departments of lines, those with most first, such as 甲厅、乙厅等12个部门."""
    grouped = lines.order_by().values_list("department_name", "department_position")
    found = [
        row[0] for row in grouped.annotate(n=Count("pk")).order_by("-n", "department_position")
    ]
    return several(found)


def several(names: list[str]) -> str:
    """Names in a sentence, cut where there are many."""
    shown = "、".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}等{len(names)}个部门"


def _size(frozen: Frozen) -> str:
    whole, counts = frozen.whole, frozen.whole.counts
    lists = len(frozen.figures[FigureLine.Grouping.LIST])
    sentence = (
        f"共涉及责任清单{lists}份、清单事项{whole.item_count + whole.idle_item_count}条，"
        f"形成责任事项{counts.total}项{_apart(frozen)}，其中计入指标{counts.applicable}项，"
        f"不计入{counts.total - counts.applicable}项（待下达、已撤销、不适用和上级单位承担的）。"
    )
    if whole.idle_item_count:
        sentence += f"另有{whole.idle_item_count}条清单事项（不予共享等）不产生责任。"
    return sentence


def _apart(frozen: Frozen) -> str:
    """What superior bodies owe beside our own departments, where they owe anything."""
    away = frozen.external[""]
    own = frozen.whole.total - away
    return f"（本级各部门承担{own}项，上级单位承担{away}项）" if away else ""


def _completion(whole: FigureLine) -> str:
    counts = whole.counts
    sentences = [
        f"已核验销号{counts.verified}项，{_rate('完成率', counts.completion_rate)}；"
        f"待核验{whole.endorsed}项，待部门审签{whole.claimed}项，"
        f"推进中{whole.in_progress}项，待签收{whole.issued}项",
        _on_time("现行", counts.on_time_rate),
        _on_time("原定", counts.original_on_time_rate),
    ]
    if counts.waiting_in_time:
        sentences.append(f"按期申报待核验的{counts.waiting_in_time}项单独反映，不作到期事项计算")
    if whole.docking:
        rate = _rate("对接完成率", whole.docking_rate)
        sentences.append(
            f"系统对接责任{whole.docking}项，已核验销号{whole.docking_verified}项，{rate}"
        )
    if whole.decided:
        rate = _rate("核验及时率", whole.decision_rate)
        sentences.append(
            f"统筹部门应作出核验决定的申报{whole.decided}次，按时作出{whole.decided_in_time}次，{rate}"
        )
    return "".join(f"{sentence}。" for sentence in sentences)


def _on_time(due: str, figure: Figure) -> str:
    if not figure.denominator:
        return f"按{due}时限，尚无到期事项，不计算按期完成率"
    return (
        f"按{due}时限，到期{figure.denominator}项、按期完成{figure.numerator}项，按期完成率{figure}"
    )


def _rate(name: str, figure: Figure) -> str:
    return f"{name}{figure}" if figure.denominator else f"尚不能计算{name}"


def _lights(whole: FigureLine) -> str:
    words = {"red": "红", "yellow": "黄", "blue": "蓝", "purple": "紫", "green": "绿"}
    parts = [f"{word}灯{getattr(whole, light)}项" for light, word in words.items()]
    return f"计入指标的{whole.applicable}项中，{'，'.join(parts)}。"


def _numbers(line: FigureLine) -> list[str]:
    counts = line.counts
    values = [
        *(counts.applicable, counts.verified, counts.completion_rate),
        *(counts.fell_due, counts.on_time, counts.on_time_rate),
        *(counts.red, counts.yellow, counts.blue, counts.purple, counts.green),
    ]
    return [str(value) for value in values]
