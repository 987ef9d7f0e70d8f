"""The page to print: what it is about, by which rules, and its tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import audit
from accounts.models import User
from reports import layouts, print_tables, watermarks
from reports.books import Book
from reports.drafts import Draft
from reports.models import Report, Snapshot
from reports.rows import OFFICE_ZONE
from reports.words import calendar_of, day_text


def hand_out(report: Report, *, by: User, at: dt.datetime) -> dict[str, Any]:
    """The page for whoever opens it, with their mark; audited, for it is there to be printed."""
    snapshot = report.snapshot
    mark = watermarks.mark_of(snapshot, by=by, at=at, deed="打开")
    detail = {"state": snapshot.state, "as_of": snapshot.as_of.isoformat()}
    department = snapshot.department_id
    audit.record(snapshot, verb="print_report", by=by, detail=detail, department_id=department)
    return {**of(report), "mark": mark.line}


def of(report: Report) -> dict[str, Any]:
    """What stands on reports/print.html; its words are Chinese, as those of the workbook."""
    snapshot = report.snapshot
    draft = Draft(Book(made_at=snapshot.taken_at), snapshot)
    return {
        "report": report,
        "snapshot": snapshot,
        "title": snapshot.title,
        "meta": layouts.fields_of(draft.meta),
        "facts": facts_of(snapshot, cutoff=draft.cutoff),
        "signers": ["单位负责人", "审核人", "制表人"],
        "tables": list(print_tables.printed(snapshot)),
        "listed": print_tables.LISTED,
    }


def facts_of(snapshot: Snapshot, *, cutoff: str) -> list[tuple[str, str]]:
    """As of when, from what and by which rules."""
    taken = snapshot.taken_at.astimezone(OFFICE_ZONE)
    later = (
        f"截止日之后补录、在截止日前生效的操作{snapshot.recorded_later_count}条，已计入"
        if snapshot.recorded_later_count
        else "没有截止日之后补录的操作"
    )
    return [
        ("报告范围", snapshot.scope_name),
        ("数据截止", f"{cutoff}（北京时间）"),
        ("快照", f"第{snapshot.pk}号，{day_text(taken.date())}{taken:%H:%M}冻结；{later}"),
        ("亮灯规则", snapshot.rules_version),
        ("工作日历", calendar_of(snapshot.calendar_version)),
        ("程序版本", snapshot.program_version),
        ("状态", _state(snapshot)),
    ]


def _state(snapshot: Snapshot) -> str:
    word = str(snapshot.get_state_display())
    return f"{word}：{snapshot.withdraw_reason}" if snapshot.withdraw_reason else word
