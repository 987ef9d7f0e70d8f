"""五、下步要求: what is to be done by when, each sentence from what is frozen, none without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Max, Min, Sum

from obligations.models import Status
from reports import bulletin_styles
from reports.bulletin_paper import Paper
from reports.bulletin_summary import named
from reports.models import ObligationLine
from reports.models.lines import ObligationLineQuerySet
from reports.tables import Frozen
from reports.words import day_text

_NUMBERS = "一二三四五六七八九"
_Demand = tuple[str, str]


def add(paper: Paper, frozen: Frozen) -> None:
    """The section: one paragraph a demand, numbered where there are several."""
    paper.write("五、下步要求", style=bulletin_styles.FIRST)
    lines = ObligationLine.objects.filter(snapshot=frozen.snapshot)
    demands = [demand for make in _DEMANDS for demand in make(lines, frozen)]
    if not demands:
        paper.write(_OBJECTING[1])
        return
    for number, (lead, sentence) in zip(_NUMBERS, [*demands, _OBJECTING], strict=False):
        paper.write_led(f"（{number}）{lead}。", sentence)


def _overdue(lines: ObligationLineQuerySet, frozen: Frozen) -> Iterator[_Demand]:
    red = lines.filter(light="red")
    if count := red.count():
        yield (
            "抓紧办结红灯事项",
            f"红灯事项{count}项，请{named(red)}逐项说明原因，完成后附佐证材料申报；"
            "确需延期或者受阻的，依程序提出，未经批准或者确认不改变时限。",
        )


def _due_soon(lines: ObligationLineQuerySet, frozen: Frozen) -> Iterator[_Demand]:
    soon = lines.filter(counted=True, light_reason__in=["due_soon", "due_close"])
    days = soon.aggregate(first=Min("due_on"), last=Max("due_on"))
    if days["first"]:
        yield (
            "按时申报临期事项",
            f"{frozen.snapshot.due_soon_days}个工作日内到期且尚未正式申报的{soon.count()}项，"
            f"{_from_to(days['first'], days['last'])}。请{named(soon)}在时限前申报并审签。",
        )


def _mending(lines: ObligationLineQuerySet, frozen: Frozen) -> Iterator[_Demand]:
    mending = lines.filter(counted=True, light_reason="mending")
    first = mending.aggregate(first=Min("mend_until"))["first"]
    if first:
        yield (
            "及时补正退回事项",
            f"退回补正的{mending.count()}项，请{named(mending)}在补正期限内重新申报，"
            f"最早的一项补正期限为{day_text(first)}。",
        )


def _department_steps(lines: ObligationLineQuerySet, frozen: Frozen) -> Iterator[_Demand]:
    """Acts that wait inside departments."""
    issued = lines.filter(counted=True, status=Status.ISSUED)
    claimed = lines.filter(counted=True, status=Status.CLAIMED)
    parts = []
    if count := issued.count():
        parts.append(f"待签收{count}项，请{named(issued)}尽快签收")
    if count := claimed.count():
        parts.append(
            f"待部门审签{count}项，请{named(claimed)}尽快审签，未经审签的申报不作为正式申报"
        )
    if parts:
        yield "及时签收和审签", f"{'；'.join(parts)}。"


def _verifying(lines: ObligationLineQuerySet, frozen: Frozen) -> Iterator[_Demand]:
    """The coordinator's own clock."""
    waiting = lines.filter(counted=True, status=Status.ENDORSED)
    if not (count := waiting.count()):
        return
    sentence = f"待核验{count}项，由统筹部门在核验期限内核验或者退回"
    late = waiting.filter(decide_by__lt=frozen.snapshot.as_of).count()
    ahead = waiting.filter(decide_by__gte=frozen.snapshot.as_of)
    first = ahead.aggregate(first=Min("decide_by"))["first"]
    sentence += f"，其中已超过核验期限{late}项" if late else ""
    sentence += f"，尚在期限内的最早一项期限为{day_text(first)}" if first else ""
    yield "按期核验", f"{sentence}。"


def _coordinating(lines: ObligationLineQuerySet, frozen: Frozen) -> Iterator[_Demand]:
    blocked = lines.filter(blocked=True, external=False)
    unopened = lines.unopened()
    parts = []
    if count := blocked.count():
        parts.append(f"受阻{count}项，请{named(blocked)}继续做好可以先行的工作，条件具备后及时恢复")
    if count := unopened.count():
        affected = unopened.aggregate(sum=Sum("dependant_count"))["sum"]
        parts.append(f"上级尚未开放{count}项，影响省内事项{affected}项，由统筹部门负责对接")
    if parts:
        yield "协调解决受阻事项", f"{'；'.join(parts)}。"


def _doubting(lines: ObligationLineQuerySet, frozen: Frozen) -> Iterator[_Demand]:
    """疑点: what is claimed and what was seen do not agree."""
    doubted = lines.filter(contradictions__isnull=False)
    if count := frozen.snapshot.contradictions.count():
        yield (
            "核实印证疑点",
            f"申报情况与印证情况不一致的疑点{count}个，请{named(doubted)}核实并说明，"
            "疑点明细见同期报告工作簿。",
        )


def _from_to(first: object, last: object) -> str:
    if first == last:
        return f"均于{day_text(first)}到期"  # type: ignore[arg-type]
    return f"最早{day_text(first)}、最晚{day_text(last)}到期"  # type: ignore[arg-type]


_DEMANDS: tuple[Callable[[ObligationLineQuerySet, Frozen], Iterator[_Demand]], ...] = (
    _overdue,
    _due_soon,
    _mending,
    _department_steps,
    _verifying,
    _coordinating,
    _doubting,
)
_OBJECTING = (
    "依程序提出异议",
    "责任部门对亮灯有异议的，可以依程序提出申诉，裁定结果在下期反映。",
)
