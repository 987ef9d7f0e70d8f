"""通报: the bulletin as a Word document, a function of the snapshot alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from django.utils import translation

from obligations import lights
from reports import bulletin_demands, bulletin_ranking, bulletin_styles, bulletin_summary
from reports.books import Book
from reports.bulletin_paper import Column, Paper
from reports.canonical import INTERNAL
from reports.cells import Value
from reports.drafts import BLANK, Draft
from reports.models import Snapshot
from reports.overflow import Cleanings
from reports.rows import OFFICE_ZONE
from reports.tables import Frozen, Table, table
from reports.tables.details import COORDINATION, OVERDUE
from reports.words import NOTHING, calendar_of, day_text

# A bulletin is read, not searched: what is longer stands in the workbook.
LISTED = 100
SAMPLE = "【示例】"
_ENDS_WITH = "落实情况的通报"
# So many characters of 二号 stand in one line.
_ONE_LINE = 20
# 2026年12月31日 in one line, in whatever font a program has.
_DAY_MM = 35
_OVERDUE = {
    "number": Column("序号", 10),
    "department_name": Column("责任部门", 25, centred=False),
    "title": Column("事项", 37, centred=False),
    "due_on": Column("现行时限", _DAY_MM),
    "overdue_days": Column("逾期工作日", 13),
    "status": Column("状态", 15),
    "light_reason": Column("原因", 21),
}
_COORDINATION = {
    "number": Column("序号", 10),
    "counterpart": Column("协调对象", 24, centred=False),
    "sort": Column("类别", 15),
    "department_name": Column("责任部门", 25, centred=False),
    "title": Column("事项", 34, centred=False),
    "waiting_since": Column("起算日期", _DAY_MM),
    "waiting_days": Column("等待工作日", 13),
}


def write(snapshot: Snapshot, *, to: Path) -> Cleanings:
    """Write the bulletin; returns the texts that did not fit as they were."""
    # It is a Chinese official document, whoever makes it.
    with translation.override("zh-hans"):
        title = title_of(snapshot)
        paper = Paper(made_at=snapshot.taken_at, title=title, subject=snapshot.scope_name)
        _head(paper, snapshot, title)
        frozen = Frozen(snapshot)
        bulletin_summary.add(paper, frozen)
        bulletin_ranking.add(paper, frozen)
        _overdue(paper, snapshot)
        _coordination(paper, snapshot)
        bulletin_demands.add(paper, frozen)
        _foot(paper, snapshot)
        paper.save(to)
    return paper.cleanings


def title_of(snapshot: Snapshot) -> str:
    """Such as 关于全省数据共享责任清单落实情况的通报."""
    sample = SAMPLE if snapshot.title.startswith(SAMPLE) else ""
    return f"{sample}关于{snapshot.title.removeprefix(SAMPLE)}的通报"


def file_name(snapshot: Snapshot) -> str:
    """Such as 全省数据共享责任清单落实情况的通报-20261123.docx."""
    return f"{snapshot.file_stem}的通报-{snapshot.as_of:%Y%m%d}.docx"


def _head(paper: Paper, snapshot: Snapshot, title: str) -> None:
    """Mark, title and addressees. A number is given by the office that issues it, not by us."""
    cutoff = _draft(snapshot).cutoff
    paper.write(INTERNAL if snapshot.is_internal else "", style=bulletin_styles.MARK)
    paper.write("")
    for line in _lines(title):
        paper.write(line, style=bulletin_styles.TITLE)
    paper.write(f"（截至{day_text(snapshot.as_of)}）", style=bulletin_styles.SUBTITLE)
    paper.write("")
    paper.write("各有关部门、单位：", style=bulletin_styles.ADDRESSEE)
    subject = snapshot.title.removeprefix(SAMPLE)
    paper.write(f"现将截至{cutoff}（北京时间）{subject}通报如下。")
    if snapshot.is_demo:
        paper.write(f"{SAMPLE}本通报所列清单、部门、人员和数字均为虚构，仅供演示。")


def _lines(title: str) -> list[str]:
    """A title that is too long for one line is parted where its sense allows."""
    place = title.rfind(_ENDS_WITH)
    return [title] if len(title) <= _ONE_LINE or place <= 0 else [title[:place], title[place:]]


def _overdue(paper: Paper, snapshot: Snapshot) -> None:
    paper.write("三、逾期清单", style=bulletin_styles.FIRST)
    paper.write(bulletin_summary.overdue(snapshot))
    _listing(paper, "逾期清单", table(snapshot, OVERDUE), _OVERDUE)


def _coordination(paper: Paper, snapshot: Snapshot) -> None:
    paper.write("四、需协调事项", style=bulletin_styles.FIRST)
    paper.write(bulletin_summary.coordination(snapshot))
    _listing(paper, "需协调事项", table(snapshot, COORDINATION), _COORDINATION)


def _listing(paper: Paper, name: str, source: Table, columns: Mapping[str, Column]) -> None:
    """Some columns of a report's table, as many rows as a bulletin bears."""
    places = [[column.key for column in source.columns].index(key) for key in columns]
    kept: list[Sequence[str]] = []
    count = 0
    for row in source.rows():
        count += 1
        if count <= LISTED:
            kept.append([text_of(row.values[place]) for place in places])
    if count:
        paper.table(name, list(columns.values()), kept)
    if count > LISTED:
        paper.write(f"本表列出前{LISTED}项，其余{count - LISTED}项见同期报告工作簿“{name}”。")


def text_of(value: Value) -> str:
    """A value of a table as a bulletin writes it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, dt.datetime):
        moment = value.astimezone(OFFICE_ZONE)
        return f"{day_text(moment.date())}{moment:%H:%M}"
    if isinstance(value, dt.date):
        return day_text(value)
    return _short_reasons().get(str(value), str(value))


def _short_reasons() -> Mapping[str, str]:
    """The sentence of a red light -> its word."""
    return {lights.sentence_of(code): word for code, word in bulletin_summary.RED.items()}


def _foot(paper: Paper, snapshot: Snapshot) -> None:
    """Who issues it and when, and by which rules the figures were counted."""
    day = snapshot.taken_at.astimezone(OFFICE_ZONE).date()
    paper.sign(snapshot.reporting_body or BLANK, day_text(day))
    paper.write(f"（{'；'.join(_sources(snapshot))}）", style=bulletin_styles.REMARK)


def _sources(snapshot: Snapshot) -> Iterable[str]:
    yield f"数据来源：第{snapshot.pk}号快照，截至{_draft(snapshot).cutoff}"
    yield f"亮灯规则：{snapshot.rules_version}"
    yield f"工作日历：{calendar_of(snapshot.calendar_version)}"
    yield "指标口径见同期报告工作簿的说明"
    if snapshot.recorded_later_count:
        yield f"截止日之后补录的{snapshot.recorded_later_count}条操作已计入"


def _draft(snapshot: Snapshot) -> Draft:
    return Draft(Book(made_at=snapshot.taken_at), snapshot)
