"""The rows of the sample lists: made up from common names, the same at every run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
# Fixed, so that the files never change: deadlines lie up to a year before and after it.
MIDDLE = date(2026, 11, 23)
SHARING_HEADERS = (
    *("序\n号", "提供部门", "责任司局/处室", "数据资源名称", "目录代码", "信息项", "共享类型"),
    *("共享条件", "共享范围", "共享方式", "更新周期", "完成时限", "来源系统"),
    *("应用场景（“一件事”）", "备注"),
)
# (group, column): the docking list has a header of two rows, with merged groups.
DOCKING_HEADERS = (
    ("序号", ""),
    ("系统情况", "系统名称"),
    ("系统情况", "主管部门"),
    ("系统情况", "责任司局"),
    ("系统情况", "系统层级"),
    ("对接要求", "对接方式"),
    ("对接要求", "对接内容"),
    ("对接要求", "对接层级"),
    ("对接要求", "技术规范"),
    ("责任分工", "牵头部门"),
    ("责任分工", "配合部门"),
    ("完成时限", ""),
    ("备注", ""),
)
Row = tuple[str | int | date, ...]

# What a short form stands for is known to the directory of bodies; lists do write like this.
_SHORT = {
    "人力资源和社会保障部": "人社部",
    "国家卫生健康委员会": "国家卫健委",
    "住房和城乡建设部": "住建部",
    "省市场监督管理局": "省市场监管局",
    "省住房和城乡建设厅": "省住建厅",
}
_SYSTEMS = ("省公共数据平台", "省政务服务数据平台", "部门自建业务系统", "")
_SUPPORTING = (
    "",
    "省数据管理局",
    "",
    "省公安厅、省数据管理局",
    "省人力资源和社会保障厅",
    "",
    "省税务局、省市场监督管理局、省数据局",
    "省财政厅",
    "省人力资源和社会保障厅、省民政厅",
    "甲市数据局、乙市数据局、丙市数据局",
)
_REACHES = ("省", "省、市", "省、市、县", "市、县")
_ONGOING = ("持续推进", "长期", "按国家部署推进", "常态化推进")


def sharing_rows() -> Iterator[Row]:
    """Central resources, the same under each provincial counterpart, and local ones."""
    counterparts = _counterparts()
    central = _read("source/data-resources.csv")
    rows = [(row["provider"], row, row["typical_mode"], row["typical_cycle"]) for row in central]
    rows += [
        (counterparts[row["provider"]], row, row["typical_mode"], row["typical_cycle"])
        for row in central
        if row["provider"] in counterparts
    ]
    local = _read("source/local-resources.csv")
    rows += [(row["provider"], row, row["mode"], row["cycle"]) for row in local]
    for number, (provider, row, mode, cycle) in enumerate(rows, 1):
        yield _sharing_row(number, provider=provider, row=row, mode=mode, cycle=cycle)


def _sharing_row(number: int, *, provider: str, row: dict[str, str], mode: str, cycle: str) -> Row:
    refused, conditional = row["share_type"] == "不予共享", row["share_type"] == "有条件共享"
    return (
        number,
        _as_written(provider, number),
        "" if number % 3 else "数据资源处",
        row["resource"],
        "" if number % 4 == 0 else f"SL{number:06d}",
        row["data_items"],
        row["share_type"],
        _conditions(refused=refused, conditional=conditional),
        "" if refused else ("省级有关部门、各市" if conditional else "各级政务部门"),
        mode,
        cycle,
        _deadline(number, step=37),
        "" if refused else _SYSTEMS[number % len(_SYSTEMS)],
        row["scene"],
        "【示例】" if number % 10 == 1 else "",
    )


def _conditions(*, refused: bool, conditional: bool) -> str:
    if refused:
        return "依据有关法律、行政法规的规定不予共享"
    return "用于本部门依法履职，使用前注明用途和范围" if conditional else ""


def docking_rows() -> Iterator[Row]:
    counterparts = _counterparts()
    systems = _read("source/vertical-systems.csv") + _read("source/local-systems.csv")
    for number, row in enumerate(systems, 1):
        owner = row["owner"]
        lead = counterparts.get(owner, owner)
        # A blank 牵头部门 means the owner's own side in the province.
        written_lead = "" if number % 4 == 0 else _as_written(lead, number)
        yield (
            number,
            row["system"],
            _as_written(owner, number),
            "" if number % 3 else "信息化处",
            row["tier"],
            _MODES.get(number, row["typical_mode"]),
            row["docking_content"],
            _REACHES[number % len(_REACHES)],
            "按系统主管部门发布的接口规范" if number % 5 == 0 else "",
            written_lead,
            _supporting(number, lead=lead),
            _deadline(number, step=71),
            "【示例】" if number % 10 == 1 else "",
        )


# A few systems dock in the ways that the common ones do not.
_MODES = {7: "页面嵌入", 19: "网关代理", 33: "前置机", 48: "其他"}


def _supporting(number: int, *, lead: str) -> str:
    names = _SUPPORTING[number % len(_SUPPORTING)].split("、")
    return "、".join(name for name in names if name != lead)


def _deadline(number: int, *, step: int) -> str | date:
    """Spread over two years around MIDDLE; every third one is written as text."""
    day = MIDDLE + timedelta(days=(number * step) % 731 - 365)
    if number % 17 == 0:
        return _ONGOING[number // 17 % len(_ONGOING)]
    if number % 3:
        return day
    return _in_words(day, number // 3 % 6)


def _in_words(day: date, form: int) -> str:
    quarter = "一二三四"[(day.month - 1) // 3]
    return (
        f"{day.year}年{day.month}月底",
        f"{day.year}年上半年" if day.month <= 6 else f"{day.year}年底",
        f"{day.year}年{day.month}月{day.day}日前",
        f"{day.year}.{day.month:02d}",
        f"{day.year}年{day.month}月底前完成",
        f"{day.year}年第{quarter}季度",
    )[form]


def _as_written(name: str, number: int) -> str:
    return _SHORT.get(name, name) if number % 2 else name


def _counterparts() -> dict[str, str]:
    """Central body to its first provincial counterpart."""
    found: dict[str, str] = {}
    for row in _read("departments.csv"):
        if row["counterpart"]:
            found.setdefault(row["counterpart"], row["name"])
    return found


def _read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
